//! A strategy with Redis wants an app with one.

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

auth_app! {
    pub struct Camelot {
        user: User,
        database: Sqlite,
        backends: { jwt: Bearer + Jwt { lifetime: HOUR }, redis: Bearer + RedisSession { lifetime: HOUR } },
    }
}

fn main() {}
