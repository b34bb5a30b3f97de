//! Discord.

use serde::Deserialize;

use super::macros::client;
use crate::oauth::account_id::AccountId;
use crate::oauth::{ClientAuth, OAuthError, OAuthProvider, ProviderConfig, ProviderSession, lenient};
use crate::user::Profile;

client! {
    /// Discord. It vouches for the addresses that it says are verified.
    Discord, scopes: ["identify", "email"], account_linking {
        /// Where it is.
        base: "https://discord.com",
    }
}

#[derive(Deserialize)]
struct User {
    id: AccountId,
    #[serde(default, deserialize_with = "lenient::text")]
    email: Option<String>,
    #[serde(default, deserialize_with = "lenient::yes")]
    verified: bool,
    #[serde(default, deserialize_with = "lenient::text")]
    global_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    username: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    avatar: Option<String>,
}

impl OAuthProvider for Discord {
    fn provider(&self) -> ProviderConfig {
        let api = format!("{}/api/oauth2", self.base);
        let provider = ProviderConfig::new(format!("{api}/authorize"), format!("{api}/token"))
            .revocation_url(format!("{api}/token/revoke"));
        self.set_up(provider).client_auth(ClientAuth::Basic)
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let user: User = session.get(&format!("{}/api/users/@me", self.base)).await?;
        let account_id = String::from(user.id);
        let picture =
            user.avatar.map(|hash| format!("https://cdn.discordapp.com/avatars/{account_id}/{hash}.png"));
        Ok(Profile {
            issuer: self.base.to_string(),
            account_id,
            email: user.email,
            email_verified: user.verified,
            name: user.global_name.or(user.username),
            picture,
        })
    }
}
