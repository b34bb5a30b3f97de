//! A user has `#[derive(AuthUser)]`.

use axum_users::prelude::*;

#[derive(Clone, AuthUser)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
}

#[derive(Clone)]
pub struct Peasant;

auth_app! {
    pub struct Camelot {
        user: Peasant,
        database: Sqlite,
        backends: { jwt: Bearer + Jwt { lifetime: HOUR } },
    }
}

fn main() {}
