//! A function of something else than the request returns a client.

use axum_users::prelude::*;
use axum_users::hooks::Change;

fn by_change(_: &Change) -> Google {
    Google::default()
}

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
        backends: { jwt: Bearer + Jwt },
        oauth: { google: by_change => jwt },
    }
}

fn main() {}
