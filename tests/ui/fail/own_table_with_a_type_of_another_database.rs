//! A type of one database only asks for `check_for_backend`.

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

impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::sqlite::Sqlite> for Rank {
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::sqlite::Sqlite>) -> diesel::serialize::Result {
        out.set_value("squire");
        Ok(diesel::serialize::IsNull::No)
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
    #[auth_user(private)]
    pub rank: Rank,
}
