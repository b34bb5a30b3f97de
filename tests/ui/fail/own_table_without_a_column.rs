//! A column that the table of the app lacks is one error.

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
    }
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
    #[auth_user(read)]
    pub motto: String,
}
