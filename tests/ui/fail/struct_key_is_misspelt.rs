//! A misspelt key on the struct is one error.

use axum_users::prelude::*;

include!("../shared/auth.rs");
include!("../shared/uses.rs");

#[derive(Clone, Debug, AuthUser)]
#[auth_user(tabel = "people")]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
}
