//! A type without `FromSql` and `ToSql` is one error for each.

use axum_users::prelude::*;

include!("../shared/auth.rs");
include!("../shared/uses.rs");

diesel::table! {
    people (id) {
        id -> Text,
        email -> Text,
        hashed_password -> Text,
        is_active -> Bool,
        is_superuser -> Bool,
        is_verified -> Bool,
        rank -> Text,
    }
}

#[derive(Clone, Debug, Default)]
pub enum Rank {
    #[default]
    Squire,
}

#[derive(Clone, Debug, AuthUser)]
#[auth_user(table = people)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    #[auth_user(private)]
    pub rank: Rank,
}
