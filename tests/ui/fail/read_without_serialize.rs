//! What is read is written as JSON.

use axum_users::prelude::*;

#[derive(Clone, Default)]
pub struct Rank;

#[derive(Clone, AuthUser)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    #[auth_user(read, sql_type = diesel::sql_types::Text, column = "TEXT NOT NULL")]
    pub rank: Rank,
}

fn main() {}
