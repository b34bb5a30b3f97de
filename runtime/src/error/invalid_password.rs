//! A password that a rule refuses.

/// Why a password is refused, in words for its user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
#[non_exhaustive]
pub struct InvalidPassword {
    /// The reason.
    pub reason: String,
}

impl InvalidPassword {
    /// Refuses a password for `reason`.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}
