//! An id is a `Uuid`, an `i32` or an `i64`, by whatever name.

use axum_users::prelude::*;

type Number = u8;

#[derive(Clone, AuthUser)]
pub struct User {
    pub id: Number,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
}

fn main() {}
