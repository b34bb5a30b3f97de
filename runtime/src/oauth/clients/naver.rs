//! Naver.

use serde::Deserialize;

use super::macros::client;
use crate::oauth::account_id::AccountId;
use crate::oauth::{OAuthError, OAuthProvider, ProviderConfig, ProviderSession, lenient};
use crate::user::Profile;

client! {
    /// Naver. What the app sees is set where it is registered, and no scopes are asked for. It does not say whether an
    /// address is verified, so it vouches for none.
    Naver, scopes: [], {
        /// Where users sign in.
        web: "https://nid.naver.com",
        /// Where its interface is.
        api: "https://openapi.naver.com",
    }
}

#[derive(Deserialize)]
struct Answer {
    response: User,
}

#[derive(Deserialize)]
struct User {
    id: AccountId,
    #[serde(default, deserialize_with = "lenient::text")]
    email: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    nickname: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    profile_image: Option<String>,
}

impl Naver {
    fn token(&self) -> String {
        format!("{}/oauth2.0/token", self.web)
    }
}

impl OAuthProvider for Naver {
    fn provider(&self) -> ProviderConfig {
        self.set_up(ProviderConfig::new(format!("{}/oauth2.0/authorize", self.web), self.token()))
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let Answer { response: user } = session.get(&format!("{}/v1/nid/me", self.api)).await?;
        Ok(Profile {
            issuer: self.web.to_string(),
            account_id: user.id.into(),
            email: user.email,
            email_verified: false,
            name: user.name.or(user.nickname),
            picture: user.profile_image,
        })
    }

    /// Naver's own way: the token endpoint deletes as well.
    async fn revoke(&self, session: &ProviderSession<'_>) -> Result<(), OAuthError> {
        let form = [
            ("grant_type", "delete"),
            ("client_id", session.client_id()),
            ("client_secret", session.client_secret()),
            ("access_token", session.access_token()),
            ("service_provider", "NAVER"),
        ];
        session.post_form(&self.token(), &[], &form).await
    }
}
