//! Google.

use super::macros::client;
use crate::oauth::{OAuthError, OAuthProvider, ProviderConfig, ProviderSession};
use crate::user::Profile;

client! {
    /// Google. It vouches for an address where it says `email_verified`.
    ///
    /// An account's id is `people/` and the `sub` of the ID token: what the People API calls the account, and
    /// httpx-oauth with it.
    Google, scopes: ["openid", "email", "profile"], account_linking {
        /// Where it is.
        issuer: "https://accounts.google.com",
    } parameters {
        /// `offline`, for a token that renews the other.
        access_type,
        /// `true`, to keep the scopes that were granted before.
        include_granted_scopes,
        /// Whom to sign in: an address, or the account's `sub`.
        login_hint,
        /// What the user is asked: `none`, `consent` or `select_account`.
        prompt,
    }
}

impl OAuthProvider for Google {
    fn provider(&self) -> ProviderConfig {
        let provider = self.set_up(ProviderConfig::discovered(&*self.issuer));
        provider.parameters(self.parameters())
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let profile = session.openid_profile().await?;
        Ok(Profile { account_id: format!("people/{}", profile.account_id), ..profile })
    }
}
