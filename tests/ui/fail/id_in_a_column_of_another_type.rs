//! An own table's id lies in a column that can hold it.

use axum_users::prelude::*;

diesel::table! {
    knights (id) {
        id -> Integer,
        email -> Text,
        hashed_password -> Text,
        is_active -> Bool,
        is_superuser -> Bool,
        is_verified -> Bool,
    }
}

#[derive(Clone, AuthUser)]
#[auth_user(table = crate::knights)]
pub struct Knight {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
}

fn main() {}
