//! The permission to log in.

use crate::clock::Timestamp;

/// The permission to log in: the user has proven who it is. A strategy issues a token for it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Grant<'a, U> {
    /// The user, who is active. It may change meanwhile.
    pub user: &'a U,
    /// When the user proved who it is.
    pub authenticated_at: Timestamp,
}

impl<'a, U> Grant<'a, U> {
    pub(crate) fn new(user: &'a U, authenticated_at: Timestamp) -> Self {
        Self { user, authenticated_at }
    }
}
