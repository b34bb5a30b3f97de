//! LinkedIn.

use serde::Deserialize;

use super::macros::client;
use crate::oauth::account_id::AccountId;
use crate::oauth::{OAuthError, OAuthProvider, ProviderConfig, ProviderSession, lenient};
use crate::user::Profile;

client! {
    /// LinkedIn, by its product "Sign In with LinkedIn using OpenID Connect". It vouches for an address where it says
    /// `email_verified`.
    ///
    /// An account's id is the member's id for the app (`urn:li:person:…`), which the userinfo endpoint calls `sub`. The
    /// product before this one, and httpx-oauth with it, calls that `id`: both are the person's in `urn:li:person:…`, but
    /// LinkedIn does not say in as many words that they are equal.
    ///
    /// Its ID token lacks the nonce and is not read: the userinfo endpoint is asked instead.
    LinkedIn, scopes: ["openid", "profile", "email"], account_linking {
        /// Where users sign in.
        web: "https://www.linkedin.com",
        /// Where its interface is.
        api: "https://api.linkedin.com",
    }
}

#[derive(Deserialize)]
struct User {
    sub: AccountId,
    #[serde(default, deserialize_with = "lenient::text")]
    email: Option<String>,
    #[serde(default, deserialize_with = "lenient::yes")]
    email_verified: bool,
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    picture: Option<String>,
}

impl OAuthProvider for LinkedIn {
    fn provider(&self) -> ProviderConfig {
        let oauth = format!("{}/oauth/v2", self.web);
        let provider = ProviderConfig::new(format!("{oauth}/authorization"), format!("{oauth}/accessToken"));
        // A code verifier beside a client secret is refused.
        self.set_up(provider).pkce(false)
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let user: User = session.get(&format!("{}/v2/userinfo", self.api)).await?;
        Ok(Profile {
            issuer: format!("{}/oauth", self.web),
            account_id: user.sub.into(),
            email: user.email,
            email_verified: user.email_verified,
            name: user.name,
            picture: user.picture,
        })
    }
}
