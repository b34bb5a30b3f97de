//! Okta.

use super::macros::client;
use crate::oauth::{OAuthError, OAuthProvider, ProviderConfig, ProviderSession};
use crate::user::Profile;

client! {
    /// Okta: `Okta::new("camelot.okta.com")`. It reports `email_verified`.
    Okta {
        /// The organisation's domain; of another authorization server than its own, with the path.
        domain,
    }, scopes: ["openid", "email"], account_linking {}
}

impl OAuthProvider for Okta {
    fn provider(&self) -> ProviderConfig {
        self.set_up(ProviderConfig::discovered(format!("https://{}", self.domain)))
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        session.openid_profile().await
    }
}
