//! A flag is a `bool`, by whatever name.

use axum_users::prelude::*;

type Flag = Option<bool>;

#[derive(Clone, AuthUser)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: Flag,
    pub is_superuser: bool,
    pub is_verified: bool,
}

fn main() {}
