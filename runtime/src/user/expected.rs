//! Conditions that the row of a user must still meet when it is changed.

use crate::secret::HashedPassword;

/// Conditions that a row must still meet for a change to be made: the compare of a compare-and-swap.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected<'a> {
    /// The hash of the password must still be this one.
    pub hashed_password: Option<&'a HashedPassword>,
    /// The email must still be this one.
    pub email: Option<&'a str>,
    /// The user must, or must not, be verified.
    pub is_verified: Option<bool>,
}
