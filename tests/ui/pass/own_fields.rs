//! Own fields: a string literal may be the default of a `String`, and a type may have another name.

use axum_users::prelude::*;

type Key = Uuid;
type Credits = i32;

#[derive(Clone, AuthUser)]
pub struct User {
    pub id: Key,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    #[auth_user(read, default = "none")]
    pub motto: String,
    #[auth_user(create, default = "none")]
    pub device: String,
    #[auth_user(create(superuser), default = "none")]
    pub rank: String,
    #[auth_user(read, create, update)]
    pub credits: Credits,
    #[auth_user(read, update(superuser))]
    pub debts: Option<Credits>,
}

fn main() {}
