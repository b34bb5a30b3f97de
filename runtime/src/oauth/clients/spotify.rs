//! Spotify.

use serde::Deserialize;

use super::macros::client;
use crate::oauth::account_id::AccountId;
use crate::oauth::{ClientAuth, OAuthError, OAuthProvider, ProviderConfig, ProviderSession, lenient};
use crate::user::Profile;

client! {
    /// Spotify. Its documentation says that addresses are not verified, so it vouches for none.
    Spotify, scopes: ["user-read-email"], {
        /// Where users sign in.
        web: "https://accounts.spotify.com",
        /// Where its interface is.
        api: "https://api.spotify.com",
    }
}

#[derive(Deserialize)]
struct User {
    id: AccountId,
    #[serde(default, deserialize_with = "lenient::text")]
    email: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    display_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    images: Vec<Image>,
}

#[derive(Deserialize)]
struct Image {
    url: String,
}

impl OAuthProvider for Spotify {
    fn provider(&self) -> ProviderConfig {
        let provider =
            ProviderConfig::new(format!("{}/authorize", self.web), format!("{}/api/token", self.web));
        self.set_up(provider).client_auth(ClientAuth::Basic)
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let user: User = session.get(&format!("{}/v1/me", self.api)).await?;
        Ok(Profile {
            issuer: self.web.to_string(),
            account_id: user.id.into(),
            email: user.email,
            email_verified: false,
            name: user.display_name,
            // The widest comes first.
            picture: user.images.into_iter().next().map(|image| image.url),
        })
    }
}
