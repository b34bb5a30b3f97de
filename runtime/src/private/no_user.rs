//! The user of an app whose `user:` has a mistake, so that nothing else fails in its wake.

use uuid::Uuid;

use crate::AuthUser;
use crate::secret::HashedPassword;

/// A user with the six core fields.
#[derive(Clone, Debug, AuthUser)]
#[auth_user(crate = crate)]
pub struct NoUser {
    /// The primary key.
    pub id: Uuid,
    /// The email.
    pub email: String,
    /// The hash of the password.
    pub hashed_password: HashedPassword,
    /// Whether the user may log in.
    pub is_active: bool,
    /// Whether the user may manage other users.
    pub is_superuser: bool,
    /// Whether the user has verified the email.
    pub is_verified: bool,
}
