//! What nobody sets has a default.

use axum_users::prelude::*;

use axum_users::store::diesel::{ColumnType, Dialect};

#[derive(Clone)]
pub struct Knighted(bool);

impl ColumnType for Knighted {
    type SqlType = diesel::sql_types::Bool;

    fn sql(_: Dialect) -> &'static str {
        "BOOLEAN NOT NULL"
    }

    fn nullable_sql(_: Dialect) -> &'static str {
        "BOOLEAN"
    }
}

#[derive(Clone, AuthUser)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    #[auth_user(private)]
    pub knighted: Knighted,
}

fn main() {}
