//! X, once Twitter.

use serde::Deserialize;

use super::macros::client;
use crate::oauth::account_id::AccountId;
use crate::oauth::{ClientAuth, OAuthError, OAuthProvider, ProviderConfig, ProviderSession, lenient};
use crate::user::Profile;

client! {
    /// X, once Twitter. It tells no address but one that the user confirmed, and vouches for that. The app has to be
    /// allowed `users.email` where it is registered.
    X, scopes: ["users.read", "tweet.read", "users.email"], account_linking {
        /// Where users sign in.
        web: "https://x.com",
        /// Where its interface is.
        api: "https://api.x.com",
    }
}

#[derive(Deserialize)]
struct Answer {
    data: User,
}

#[derive(Deserialize)]
struct User {
    id: AccountId,
    #[serde(default, deserialize_with = "lenient::text")]
    confirmed_email: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    profile_image_url: Option<String>,
}

impl OAuthProvider for X {
    fn provider(&self) -> ProviderConfig {
        let oauth = format!("{}/2/oauth2", self.api);
        let provider =
            ProviderConfig::new(format!("{}/i/oauth2/authorize", self.web), format!("{oauth}/token"))
                .revocation_url(format!("{oauth}/revoke"));
        self.set_up(provider).client_auth(ClientAuth::Basic)
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let url = format!("{}/2/users/me?user.fields=confirmed_email,profile_image_url", self.api);
        let Answer { data: user } = session.get(&url).await?;
        Ok(Profile {
            issuer: self.web.to_string(),
            account_id: user.id.into(),
            email_verified: user.confirmed_email.is_some(),
            email: user.confirmed_email,
            name: user.name,
            picture: user.profile_image_url,
        })
    }
}
