//! Any OpenID provider, by discovery.

use super::macros::client;
use crate::oauth::{OAuthClient, OAuthError, Provider, ProviderSession};
use crate::user::Profile;

client! {
    /// Any OpenID provider (OpenID Connect Core 1.0): `Oidc { issuer: "https://id.example".into() }`.
    ///
    /// It vouches for an address where it says `email_verified`.
    Oidc, scopes: ["openid", "email"], vouches {
        /// The provider's address, exactly as it writes it itself.
        issuer: "",
    } parameters {
        /// What the user is asked: `login`, `consent` or `select_account`. The scope `offline_access`, for a token that
        /// renews the other, takes `consent`.
        prompt,
    }
}

impl OAuthClient for Oidc {
    fn provider(&self) -> Provider {
        let provider = Provider::discovered(&*self.issuer).with(self.options());
        Provider { parameters: self.parameters(), ..provider }
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        session.openid_profile().await
    }
}
