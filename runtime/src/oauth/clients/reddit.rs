//! Reddit.

use serde::Deserialize;

use super::macros::client;
use crate::oauth::account_id::AccountId;
use crate::oauth::{ClientAuth, OAuthClient, OAuthError, Provider, ProviderSession, lenient};
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

impl OAuthClient for Reddit {
    fn provider(&self) -> Provider {
        let api = format!("{}/api/v1", self.web);
        let provider = Provider::new(format!("{api}/authorize"), format!("{api}/access_token"))
            .revoked_at(format!("{api}/revoke_token"))
            .with(self.options());
        Provider { client_auth: ClientAuth::Basic, ..provider }
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        // Without `raw_json`, what it writes is escaped for HTML.
        let user: User = session.get(&format!("{}/api/v1/me?raw_json=1", self.api)).await?;
        let account_id = String::from(user.name);
        Ok(Profile {
            issuer: self.web.to_string(),
            name: Some(account_id.clone()),
            account_id,
            picture: user.icon_img,
            ..Profile::default()
        })
    }
}
