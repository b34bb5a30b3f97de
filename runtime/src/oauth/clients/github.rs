//! GitHub.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::macros::client;
use crate::oauth::account_id::AccountId;
use crate::oauth::{OAuthError, OAuthProvider, ProviderConfig, ProviderSession, lenient};
use crate::user::Profile;

client! {
    /// GitHub. It vouches for the addresses that it lists as verified; the one that a profile shows need not be one.
    GitHub, scopes: ["user", "user:email"], account_linking {
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
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    avatar_url: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    #[serde(default, deserialize_with = "lenient::yes")]
    primary: bool,
    #[serde(default, deserialize_with = "lenient::yes")]
    verified: bool,
}

/// The most addresses that GitHub lists on a page.
const PAGE: usize = 100;

/// The most pages that are asked for.
const PAGES: usize = 10;

/// The domain of the addresses that GitHub gives to users who hide theirs. They are listed as verified, and no mail
/// reaches anybody there.
const NO_REPLY: &str = "@users.noreply.github.com";

impl GitHub {
    /// All addresses of a user, as far as the user lets the app see them.
    async fn addresses(&self, session: &ProviderSession<'_>) -> Result<Vec<Address>, OAuthError> {
        let mut addresses = Vec::new();
        for page in 1..=PAGES {
            let url = format!("{}/user/emails?per_page={PAGE}&page={page}", self.api);
            let more = match session.get::<Vec<Value>>(&url).await {
                // Without the scope for them there are none to see.
                Err(OAuthError::Refused(code)) if code == "403" || code == "404" => break,
                more => more?,
            };
            let is_last = more.len() < PAGE;
            addresses.extend(more.into_iter().filter_map(|address| serde_json::from_value(address).ok()));
            if is_last {
                break;
            }
        }
        Ok(addresses)
    }
}

/// The address that a user gets: a verified one, and among several the primary one or else the first; or else the
/// primary one, which is then not verified.
fn best(addresses: Vec<Address>) -> Option<Address> {
    let is_mailbox = |address: &Address| !address.email.to_ascii_lowercase().ends_with(NO_REPLY);
    let rank = |address: &Address| (address.verified, address.primary);
    let usable = addresses.into_iter().filter(|address| is_mailbox(address));
    usable
        .filter(|address| address.verified || address.primary)
        .reduce(|best, other| if rank(&other) > rank(&best) { other } else { best })
}

impl OAuthProvider for GitHub {
    fn provider(&self) -> ProviderConfig {
        let oauth = format!("{}/login/oauth", self.web);
        let provider = ProviderConfig::new(format!("{oauth}/authorize"), format!("{oauth}/access_token"));
        self.set_up(provider).parameters(self.parameters())
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let user: User = session.get(&format!("{}/user", self.api)).await?;
        let best = best(self.addresses(session).await?);
        Ok(Profile {
            issuer: self.web.to_string(),
            account_id: user.id.into(),
            email_verified: best.as_ref().is_some_and(|address| address.verified),
            email: best.map(|address| address.email),
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
