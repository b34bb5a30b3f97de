//! The session that a token proves.

use crate::clock::Timestamp;
use crate::store::{SessionId, TokenRecord};

/// The session that a token proves: whose it is, and since when.
///
/// A strategy of the app's own that keeps its tokens elsewhere makes one from the user: `Session::from(user)`.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "a record may hold a token")]
#[non_exhaustive]
pub struct Session<U> {
    /// The user, active or not.
    pub user: U,
    /// The id of the session's row. `None` if the strategy keeps none.
    pub id: Option<SessionId>,
    /// When the token was issued. `None` if it doesn't say.
    pub issued_at: Option<Timestamp>,
    /// When the user last proved anything, the password for instance. `None` if the token doesn't say: then actions that
    /// require a recent login are rejected.
    pub authenticated_at: Option<Timestamp>,
    /// The store's record of the token. Transactions use it to check that the session has not been revoked meanwhile.
    pub record: TokenRecord,
}

impl<U> Session<U> {
    /// Returns the session of a token that was issued at this time, when its user logged in.
    #[must_use]
    pub fn issued_at(user: U, at: Timestamp, record: TokenRecord) -> Self {
        Self { user, id: None, issued_at: Some(at), authenticated_at: Some(at), record }
    }
}

impl<U> From<U> for Session<U> {
    fn from(user: U) -> Self {
        Self { user, id: None, issued_at: None, authenticated_at: None, record: TokenRecord::default() }
    }
}
