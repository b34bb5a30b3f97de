//! Kakao.

use reqwest::Method;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::macros::client;
use crate::oauth::account_id::AccountId;
use crate::oauth::{OAuthError, OAuthProvider, ProviderConfig, ProviderSession, lenient};
use crate::user::Profile;

client! {
    /// Kakao. It vouches for an address that it says is verified, and is still that account's.
    Kakao, scopes: ["profile_nickname", "account_email"], account_linking {
        /// Where users sign in.
        web: "https://kauth.kakao.com",
        /// Where its interface is.
        api: "https://kapi.kakao.com",
    }
}

#[derive(Deserialize)]
struct User {
    id: AccountId,
    #[serde(default, deserialize_with = "lenient::object")]
    kakao_account: Account,
}

/// What the user lets the app see.
#[derive(Default, Deserialize)]
struct Account {
    #[serde(default, deserialize_with = "lenient::text")]
    email: Option<String>,
    #[serde(default, deserialize_with = "lenient::yes")]
    is_email_valid: bool,
    #[serde(default, deserialize_with = "lenient::yes")]
    is_email_verified: bool,
    #[serde(default, deserialize_with = "lenient::object")]
    profile: Face,
}

#[derive(Default, Deserialize)]
struct Face {
    #[serde(default, deserialize_with = "lenient::text")]
    nickname: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    profile_image_url: Option<String>,
}

/// `["kakao_account.email","kakao_account.profile"]`, encoded: nothing else is asked for.
const WANTED: &str = "%5B%22kakao_account.email%22%2C%22kakao_account.profile%22%5D";

impl OAuthProvider for Kakao {
    fn provider(&self) -> ProviderConfig {
        let oauth = format!("{}/oauth", self.web);
        self.set_up(ProviderConfig::new(format!("{oauth}/authorize"), format!("{oauth}/token")))
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let url = format!("{}/v2/user/me?property_keys={WANTED}", self.api);
        let User { id, kakao_account: account } = session.get(&url).await?;
        Ok(Profile {
            issuer: self.web.to_string(),
            account_id: id.into(),
            email: account.email,
            email_verified: account.is_email_valid && account.is_email_verified,
            name: account.profile.nickname,
            picture: account.profile.profile_image_url,
        })
    }

    /// Kakao's own way: account and app are unlinked, and all tokens end with it.
    async fn revoke(&self, session: &ProviderSession<'_>) -> Result<(), OAuthError> {
        let url = format!("{}/v1/user/unlink", self.api);
        session.call::<IgnoredAny>(Method::POST, &url, &[]).await.map(drop)
    }
}
