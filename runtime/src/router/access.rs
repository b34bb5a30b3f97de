//! The users that a router admits.

/// The users that a router admits: `requires_verification` of FastAPI Users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Every active user.
    #[default]
    Active,
    /// Verified active users; others get 403, or `LOGIN_USER_NOT_VERIFIED` at login.
    Verified,
}
