//! Facebook.

use reqwest::Method;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::macros::client;
use crate::oauth::account_id::AccountId;
use crate::oauth::{OAuthError, OAuthProvider, ProviderConfig, ProviderSession, lenient};
use crate::user::Profile;

client! {
    /// Facebook. It does not say whether an address is verified, so it vouches for none.
    Facebook, scopes: ["email", "public_profile"], {
        /// The version of its interface, each of which ends some two years after the next.
        version: "v25.0",
        /// Where users sign in.
        web: "https://www.facebook.com",
        /// Where its interface is.
        api: "https://graph.facebook.com",
    }
}

#[derive(Deserialize)]
struct User {
    id: AccountId,
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    email: Option<String>,
    #[serde(default, deserialize_with = "lenient::object")]
    picture: Picture,
}

#[derive(Default, Deserialize)]
struct Picture {
    #[serde(default, deserialize_with = "lenient::object")]
    data: PictureData,
}

#[derive(Default, Deserialize)]
struct PictureData {
    #[serde(default, deserialize_with = "lenient::text")]
    url: Option<String>,
}

impl OAuthProvider for Facebook {
    fn provider(&self) -> ProviderConfig {
        let Self { version, web, api, .. } = self;
        let authorize = format!("{web}/{version}/dialog/oauth");
        self.set_up(ProviderConfig::new(authorize, format!("{api}/{version}/oauth/access_token")))
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let url = format!("{}/{}/me?fields=id,name,email,picture", self.api, self.version);
        let user: User = session.get(&url).await?;
        Ok(Profile {
            issuer: self.web.to_string(),
            account_id: user.id.into(),
            email: user.email,
            email_verified: false,
            name: user.name,
            picture: user.picture.data.url,
        })
    }

    /// Facebook's own way: all that the user has permitted the app is taken back.
    async fn revoke(&self, session: &ProviderSession<'_>) -> Result<(), OAuthError> {
        let url = format!("{}/{}/me/permissions", self.api, self.version);
        session.call::<IgnoredAny>(Method::DELETE, &url, &[]).await.map(drop)
    }
}
