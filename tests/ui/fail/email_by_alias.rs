//! An address is a `String`, by whatever name.

use axum_users::prelude::*;

type Address = Vec<u8>;

#[derive(Clone, AuthUser)]
pub struct User {
    pub id: Uuid,
    pub email: Address,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
}

fn main() {}
