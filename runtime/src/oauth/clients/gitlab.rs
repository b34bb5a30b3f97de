//! GitLab.

use super::macros::client;
use crate::oauth::{OAuthError, OAuthProvider, ProviderConfig, ProviderSession};
use crate::user::Profile;

client! {
    /// GitLab. It vouches for an address where it says `email_verified`.
    GitLab, scopes: ["openid", "profile", "email"], account_linking {
        /// Where it is; a server of one's own, say.
        base: "https://gitlab.com",
    }
}

impl OAuthProvider for GitLab {
    fn provider(&self) -> ProviderConfig {
        self.set_up(ProviderConfig::discovered(&*self.base))
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        session.openid_profile().await
    }
}
