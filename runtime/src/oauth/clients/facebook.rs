//! Facebook.

use reqwest::Method;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::macros::client;
use crate::oauth::account_id::AccountId;
use crate::oauth::{OAuthClient, OAuthError, Provider, ProviderSession};
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
    name: Option<String>,
    email: Option<String>,
    picture: Option<Picture>,
}

#[derive(Deserialize)]
struct Picture {
    data: PictureData,
}

#[derive(Deserialize)]
struct PictureData {
    url: Option<String>,
}

impl OAuthClient for Facebook {
    fn provider(&self) -> Provider {
        let Self { version, web, api, .. } = self;
        let authorize = format!("{web}/{version}/dialog/oauth");
        Provider::new(authorize, format!("{api}/{version}/oauth/access_token")).with(self.options())
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
            picture: user.picture.and_then(|picture| picture.data.url),
        })
    }

    /// Facebook's own way: all that the user has permitted the app is taken back.
    async fn revoke(&self, session: &ProviderSession<'_>) -> Result<(), OAuthError> {
        let url = format!("{}/{}/me/permissions", self.api, self.version);
        session.call::<IgnoredAny>(Method::DELETE, &url, &[]).await.map(drop)
    }
}
