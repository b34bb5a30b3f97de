//! What is known and kept of a user's accounts at other services. It knows no OAuth.

use std::fmt;

/// Who someone is at another service, as that service says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Who says so: the issuer of OpenID Connect, or the service's address.
    pub issuer: String,
    /// The account, by what never changes of it.
    pub account_id: String,
    /// The account's address, if there is one.
    pub email: Option<String>,
    /// Whether the service vouches that the address is the account's own.
    pub email_verified: bool,
    /// What the account is called.
    pub name: Option<String>,
    /// The address of a picture.
    pub picture: Option<String>,
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
