//! What the contract leaves open, decided.

use std::time::Duration;

/// What the contract leaves open, decided. Two presets, and each switch by itself:
///
/// ```
/// # use axum_users::prelude::*;
/// let policy = Policy { min_password_chars: 12, ..Policy::strict() };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a token that resets a password lives.
    pub reset_password_token_lifetime: Duration,
    /// How long a token that verifies an address lives.
    pub verification_token_lifetime: Duration,
    /// Whether a change of the address or the password asks for the current password.
    pub asks_current_password: bool,
    /// Whether a new address counts only once its owner has confirmed it.
    pub confirms_new_email: bool,
    /// Whether a registration is answered alike for known and unknown addresses.
    pub hides_registrations: bool,
    /// The fewest characters of a password, beside what `validate_password` says.
    pub min_password_chars: usize,
}

impl Policy {
    /// Exactly what FastAPI Users does.
    #[must_use]
    pub const fn compatible() -> Self {
        Self {
            reset_password_token_lifetime: Duration::from_secs(3600),
            verification_token_lifetime: Duration::from_secs(3600),
            asks_current_password: false,
            confirms_new_email: false,
            hides_registrations: false,
            min_password_chars: 1,
        }
    }

    /// What OWASP's ASVS asks for where clients can be made to follow.
    #[must_use]
    pub const fn strict() -> Self {
        Self {
            asks_current_password: true,
            confirms_new_email: true,
            hides_registrations: true,
            min_password_chars: 8,
            ..Self::compatible()
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::compatible()
    }
}
