//! Data by which the store decides whether a token has been revoked.

use crate::clock::Timestamp;
use crate::token::Generation;

/// When a token was issued, as far as its revocation depends on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issued {
    /// In this generation of its user. The token is revoked once the user is in another one.
    In(Generation),
    /// At this time. A token of FastAPI Users carries no generation: it is revoked once all of its user's tokens have
    /// been revoked at that time or later.
    At(Timestamp),
}

/// The store's record of a token, without the token itself.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "under `compat` the key is the token")]
pub enum TokenRecord {
    /// A row under this key. The token is valid as long as the row is there.
    Stored(String),
    /// Nothing until the token is revoked: then a mark under this digest, or a later generation of its user.
    Revocable {
        /// The digest under which the token is revoked by itself.
        digest: String,
        /// When it was issued.
        issued: Issued,
    },
    /// Nothing: a strategy of the app's own keeps its tokens elsewhere.
    Elsewhere,
}
