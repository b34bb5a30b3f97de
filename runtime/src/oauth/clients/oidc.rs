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
    }
}

impl OAuthClient for Oidc {
    fn provider(&self) -> Provider {
        Provider::discovered(&*self.issuer).with(self.options())
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        session.openid_profile().await
    }
}
