//! A change to a stored user, and what must still hold for it to be made.

use super::{AuthUser, Email, Flags};
use crate::secret::HashedPassword;

/// The columns that an update writes; what is `None` stays as it is.
#[derive(Debug)]
pub struct UserChanges<'a, U: AuthUser> {
    /// A new address.
    pub email: Option<&'a Email>,
    /// The hash of a new password.
    pub hashed_password: Option<&'a HashedPassword>,
    /// New values of the three flags.
    pub flags: Flags,
    /// The app's own fields, as the update schema holds them.
    pub own: Option<&'a U::Update>,
    /// What must still hold in the row, checked in the same statement.
    pub expected: Expected<'a>,
}

impl<U: AuthUser> Default for UserChanges<'_, U> {
    fn default() -> Self {
        Self {
            email: None,
            hashed_password: None,
            flags: Flags::default(),
            own: None,
            expected: Expected::default(),
        }
    }
}

/// What a row must still hold for a change to be made: the compare of a compare-and-swap.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected<'a> {
    /// The hash must still be this one.
    pub hashed_password: Option<&'a HashedPassword>,
    /// The address must still be this one.
    pub email: Option<&'a str>,
    /// The user must, or must not, be verified.
    pub is_verified: Option<bool>,
}
