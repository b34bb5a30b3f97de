//! Microsoft.

use serde::Deserialize;

use super::macros::client;
use crate::oauth::account_id::AccountId;
use crate::oauth::{OAuthError, OAuthProvider, ProviderConfig, ProviderSession, lenient};
use crate::user::Profile;

client! {
    /// Microsoft. Whoever runs a tenant writes its users' addresses, anybody's among them, so it vouches for none.
    ///
    /// The address is the mailbox (`mail`), or else the sign-in name (`userPrincipalName`). That of a guest (`#EXT#`) is
    /// no mailbox and counts as none.
    Microsoft, scopes: ["User.Read"], {
        /// Whose users may sign in: `common`, `organizations`, `consumers`, or a tenant's id.
        tenant: "common",
        /// Where users sign in; that of a national cloud, say.
        web: "https://login.microsoftonline.com",
        /// Where its interface is.
        api: "https://graph.microsoft.com",
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    id: AccountId,
    #[serde(default, deserialize_with = "lenient::text")]
    mail: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    user_principal_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    display_name: Option<String>,
}

impl OAuthProvider for Microsoft {
    fn provider(&self) -> ProviderConfig {
        let oauth = format!("{}/{}/oauth2/v2.0", self.web, self.tenant);
        let provider = ProviderConfig::new(format!("{oauth}/authorize"), format!("{oauth}/token"));
        let parameters = vec![("response_mode", "query".to_owned())];
        self.set_up(provider).parameters(parameters)
    }

    async fn profile(&self, session: &ProviderSession<'_>) -> Result<Profile, OAuthError> {
        let user: User = session.get(&format!("{}/v1.0/me", self.api)).await?;
        Ok(Profile {
            issuer: self.web.to_string(),
            account_id: user.id.into(),
            email: user.mail.or(user.user_principal_name.filter(|name| !is_guest(name))),
            email_verified: false,
            name: user.display_name,
            picture: None,
        })
    }
}

/// Whether a sign-in name is that of a guest from another tenant or service: `arthur_gmail.com#EXT#@camelot.onmicrosoft.com`.
fn is_guest(name: &str) -> bool {
    name.to_ascii_uppercase().contains("#EXT#")
}
