//! Half a column is one error.

use axum_users::prelude::*;

include!("../shared/auth.rs");
include!("../shared/uses.rs");

#[derive(Clone, Debug, Default)]
pub enum Rank {
    #[default]
    Squire,
}

#[derive(Clone, Debug, AuthUser)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    #[auth_user(private, sql_type = diesel::sql_types::Text)]
    pub rank: Rank,
}
