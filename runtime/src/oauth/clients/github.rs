//! GitHub.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::macros::client;
use crate::oauth::account_id::AccountId;
use crate::oauth::{OAuthClient, OAuthError, Provider, ProviderSession};
use crate::user::Profile;

client! {
    /// GitHub. It vouches for the addresses that it lists as verified; the one that a profile shows need not be one.
    GitHub, scopes: ["user", "user:email"], vouches {
        /// Where users sign in; that of an Enterprise Server, say.
        web: "https://github.com",
        /// Where its interface is; `https://…/api/v3` of an Enterprise Server.
        api: "https://api.github.com",
    } parameters {
        /// The account to sign in with.
        login,
        /// `false`, for those alone who have an account already.
        allow_signup,
    }
}

#[derive(Deserialize)]
struct User {
    id: AccountId,
    login: String,
    name: Option<String>,
    avatar_url: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

impl OAuthClient for GitHub {
    fn provider(&self) -> Provider {
        let oauth = format!("{}/login/oauth", self.web);
        let provider = Provider::new(format!("{oauth}/authorize"), format!("{oauth}/access_token"));
        Provider { parameters: self.parameters(), ..provider.with(self.options()) }
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let user: User = session.get(&format!("{}/user", self.api)).await?;
        let addresses = match session.get::<Vec<Address>>(&format!("{}/user/emails", self.api)).await {
            // Without the scope for them there are none to see.
            Err(OAuthError::Refused(_)) => Vec::new(),
            addresses => addresses?,
        };
        // The one that is verified, whichever comes first; among several, the primary one.
        let rank = |address: &&Address| (address.verified, address.primary);
        let best = addresses.iter().filter(|address| address.verified || address.primary).max_by_key(rank);
        Ok(Profile {
            issuer: self.web.to_string(),
            account_id: user.id.into(),
            email: best.map(|address| address.email.clone()),
            email_verified: best.is_some_and(|address| address.verified),
            name: user.name.or(Some(user.login)),
            picture: user.avatar_url,
        })
    }

    /// GitHub's own way: the app's grant is deleted, and all tokens with it.
    async fn revoke(&self, session: &ProviderSession<'_>) -> Result<(), OAuthError> {
        let url = format!("{}/applications/{}/grant", self.api, session.client_id());
        let grant = json!({ "access_token": session.access_token() });
        session.send_json(Method::DELETE, &url, &grant).await
    }
}
