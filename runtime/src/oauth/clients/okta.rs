//! Okta.

use super::macros::client;
use crate::oauth::{OAuthClient, OAuthError, Provider, ProviderSession};
use crate::user::Profile;

client! {
    /// Okta: `Okta { domain: "camelot.okta.com".into() }`. It vouches for an address where it says `email_verified`.
    Okta, scopes: ["openid", "email"], vouches {
        /// The organisation's domain; of another authorization server than its own, with the path.
        domain: "",
    }
}

impl OAuthClient for Okta {
    fn provider(&self) -> Provider {
        Provider::discovered(format!("https://{}", self.domain)).with(self.options())
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        session.openid_profile().await
    }
}
