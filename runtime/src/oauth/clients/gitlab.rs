//! GitLab.

use super::macros::client;
use crate::oauth::{OAuthClient, OAuthError, Provider, ProviderSession};
use crate::user::Profile;

client! {
    /// GitLab. It vouches for an address where it says `email_verified`.
    GitLab, scopes: ["openid", "profile", "email"], vouches {
        /// Where it is; a server of one's own, say.
        base: "https://gitlab.com",
    }
}

impl OAuthClient for GitLab {
    fn provider(&self) -> Provider {
        Provider::discovered(&*self.base).with(self.options())
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        session.openid_profile().await
    }
}
