//! The result of authenticating a token.

use crate::event::Reason;
use crate::session::Session;

/// The result of authenticating a token with a strategy.
#[expect(missing_debug_implementations, reason = "a session may hold a token")]
#[non_exhaustive]
pub enum Authentication<U> {
    /// The token is none of this strategy's, or one that it does not know any more: another backend may know it.
    NotMine,
    /// The token was this strategy's, and is no longer valid. The reason goes to the log.
    Rejected(Reason),
    /// The token is valid. The user may not be active.
    Authenticated(Session<U>),
}
