//! Which tokens are revoked.

use crate::session::BackendName;
use crate::store::TokenRecord;

/// A token that a client has presented.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "it holds a token")]
#[non_exhaustive]
pub struct Credential<'a> {
    /// The backend that knows it.
    pub backend: BackendName,
    /// The token.
    pub token: &'a str,
}

/// Which tokens are revoked.
#[expect(missing_debug_implementations, reason = "it holds a token")]
#[non_exhaustive]
pub enum Revoke<'a, U> {
    /// One token of the user, at a logout.
    Token {
        /// The user.
        user: &'a U,
        /// The token.
        token: &'a str,
        /// The store's record of it.
        record: &'a TokenRecord,
    },
    /// All tokens of the user but one, after a change of the password, a deactivation or a deletion.
    ///
    /// The app's own store has revoked them with the change; this is for tokens that are kept elsewhere. Every backend is asked, so that those that keep their tokens in one place all spare the one.
    AllOf {
        /// The user, as it is after the change.
        user: &'a U,
        /// The token of the session that goes on.
        except: Option<Credential<'a>>,
    },
}

impl<U> Clone for Revoke<'_, U> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<U> Copy for Revoke<'_, U> {}
