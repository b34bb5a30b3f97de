//! A hash is a `HashedPassword`, by whatever name.

use axum_users::prelude::*;

type Hash = String;

#[derive(Clone, AuthUser)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: Hash,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
}

fn main() {}
