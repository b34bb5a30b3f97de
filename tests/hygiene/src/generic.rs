//! A user with a field of a type that the app chooses later.

use renamed::prelude::*;
use renamed::store::diesel::ColumnType;

/// A user with a badge of any kind.
#[derive(Clone, Debug, AuthUser)]
#[auth_user(crate = renamed)]
pub struct Bearing<B>
where
    B: Clone + Send + Sync + 'static + ColumnType + Default,
{
    /// The primary key.
    pub id: Uuid,
    /// The address.
    pub email: String,
    /// The hash of the password.
    pub hashed_password: HashedPassword,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// Whether the user may manage the others.
    pub is_superuser: bool,
    /// Whether the user has proven to own the address.
    pub is_verified: bool,
    /// The badge.
    #[auth_user(private)]
    pub badge: B,
}

auth_app! {
    /// Who may enter, with a number for a badge.
    pub struct Numbered {
        user: Bearing<i32>,
        database: Sqlite,
        backends: { jwt: Bearer + Jwt { lifetime: HOUR } },
    }
}
