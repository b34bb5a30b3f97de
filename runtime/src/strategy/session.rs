//! A session, as a strategy reads it from a token.

use crate::clock::Timestamp;
use crate::store::TokenRecord;

/// A session, as a strategy reads it from a token.
///
/// A strategy of the app's own that keeps its tokens elsewhere makes one from the user: `Session::from(user)`.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "a record may hold a token")]
#[non_exhaustive]
pub struct Session<U> {
    /// The user, active or not.
    pub user: U,
    /// When the user logged in. `None` if the token doesn't say: then actions that require a recent login are rejected.
    pub issued_at: Option<Timestamp>,
    /// The store's record of the token. Transactions use it to check that the session has not been revoked meanwhile.
    pub record: TokenRecord,
}

impl<U> From<U> for Session<U> {
    fn from(user: U) -> Self {
        Self { user, issued_at: None, record: TokenRecord::Elsewhere }
    }
}
