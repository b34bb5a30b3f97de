//! Reddit.

use serde::Deserialize;

use super::macros::client;
use crate::oauth::account_id::AccountId;
use crate::oauth::{ClientAuth, OAuthError, OAuthProvider, ProviderConfig, ProviderSession, lenient};
use crate::user::Profile;

client! {
    /// Reddit. It tells no addresses. An account's id is its name, as httpx-oauth has it.
    Reddit, scopes: ["identity"], {
        /// Where users sign in.
        web: "https://www.reddit.com",
        /// Where its interface is.
        api: "https://oauth.reddit.com",
    }
}

#[derive(Deserialize)]
struct User {
    name: AccountId,
    #[serde(default, deserialize_with = "lenient::text")]
    icon_img: Option<String>,
}

impl OAuthProvider for Reddit {
    fn provider(&self) -> ProviderConfig {
        let api = format!("{}/api/v1", self.web);
        let provider = ProviderConfig::new(format!("{api}/authorize"), format!("{api}/access_token"))
            .revocation_url(format!("{api}/revoke_token"));
        self.set_up(provider).client_auth(ClientAuth::Basic)
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        // Without `raw_json`, what it writes is escaped for HTML.
        let user: User = session.get(&format!("{}/api/v1/me?raw_json=1", self.api)).await?;
        let account_id = String::from(user.name);
        let profile = Profile::new(&*self.web, account_id.clone());
        Ok(profile.name(account_id).picture(user.icon_img))
    }
}
