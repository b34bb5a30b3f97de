//! Accounts of users at OAuth providers.

use std::fmt;

use crate::setters::settings;

settings! {
    /// The account of a user at an OAuth provider, as the provider reports it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Profile [
        /// The issuer of OpenID Connect, or the provider's address.
        pub issuer: String,
        /// The account's id, which never changes.
        pub account_id: String,
    ] {
        /// The account's email, if it has one.
        pub email: Option<String> as impl Into<Option<String>> = None,
        /// `true` if the provider has verified the email.
        pub email_verified: bool = false,
        /// The account's display name.
        pub name: Option<String> as impl Into<Option<String>> = None,
        /// The URL of a picture.
        pub picture: Option<String> as impl Into<Option<String>> = None,
    }
}

impl Profile {
    /// The account `account_id` at `issuer`, of which nothing else is known.
    pub fn new(issuer: impl Into<String>, account_id: impl Into<String>) -> Self {
        Self::with_defaults(issuer.into(), account_id.into())
    }
}

/// An account of a user's at another service: a row of `oauth_account`, which both layouts have.
#[derive(Clone, PartialEq, Eq)]
pub struct OAuthAccount<Id> {
    /// The primary key, of the same type as a user's; a placeholder where the database is yet to give it.
    pub id: Id,
    /// Whose it is.
    pub user_id: Id,
    /// The service, by the name that its client has in `auth_app!`.
    pub oauth_name: String,
    /// The account there. With the service's name it is unique.
    pub account_id: String,
    /// The account's address there; empty where it has none.
    pub account_email: String,
    /// The token for the service's own interface, as it is stored: sealed, unless under `compat`.
    pub access_token: String,
    /// When that token expires, in seconds since 1970. `None` where the provider has not said, and while a node renews the
    /// token, which has expired.
    pub expires_at: Option<i64>,
    /// The token that renews it, as it is stored.
    pub refresh_token: Option<String>,
}

/// Without the tokens.
impl<Id: fmt::Debug> fmt::Debug for OAuthAccount<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthAccount")
            .field("id", &self.id)
            .field("user_id", &self.user_id)
            .field("oauth_name", &self.oauth_name)
            .field("account_id", &self.account_id)
            .finish_non_exhaustive()
    }
}
