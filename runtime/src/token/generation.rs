//! How often all of a user's tokens have been revoked at once.

use serde::{Deserialize, Serialize};

/// How often all of a user's tokens have been revoked at once: by a deactivation, a password change or a reset.
///
/// A token carries the generation in which it was issued and is valid in no other. A user of whom nothing was ever
/// revoked is in generation 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Generation(i64);

impl Generation {
    /// The generation with this number.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The generation after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}
