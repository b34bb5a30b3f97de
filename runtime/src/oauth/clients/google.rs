//! Google.

use super::macros::client;
use crate::oauth::{OAuthClient, OAuthError, Provider, ProviderSession};
use crate::user::Profile;

client! {
    /// Google. It vouches for an address where it says `email_verified`.
    ///
    /// An account's id is `people/` and the `sub` of the ID token: what the People API calls the account, and
    /// httpx-oauth with it.
    Google, scopes: ["openid", "email", "profile"], vouches {
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

impl OAuthClient for Google {
    fn provider(&self) -> Provider {
        let provider = Provider::discovered(&*self.issuer).with(self.options());
        Provider { parameters: self.parameters(), ..provider }
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let profile = session.openid_profile().await?;
        Ok(Profile { account_id: format!("people/{}", profile.account_id), ..profile })
    }
}
