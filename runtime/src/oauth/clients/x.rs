//! X, once Twitter.

use serde::Deserialize;

use super::macros::client;
use crate::oauth::account_id::AccountId;
use crate::oauth::{ClientAuth, OAuthClient, OAuthError, Provider, ProviderSession, lenient};
use crate::user::Profile;

client! {
    /// X, once Twitter. It tells no address but one that the user confirmed, and vouches for that. The app has to be
    /// allowed `users.email` where it is registered.
    X, scopes: ["users.read", "tweet.read", "users.email"], vouches {
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

impl OAuthClient for X {
    fn provider(&self) -> Provider {
        let oauth = format!("{}/2/oauth2", self.api);
        let provider = Provider::new(format!("{}/i/oauth2/authorize", self.web), format!("{oauth}/token"))
            .revoked_at(format!("{oauth}/revoke"))
            .with(self.options());
        Provider { client_auth: ClientAuth::Basic, ..provider }
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
