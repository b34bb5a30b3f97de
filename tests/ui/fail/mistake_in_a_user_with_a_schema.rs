//! A mistake in a user is one error, whatever uses the module that the derive makes for Diesel's query builder.

use axum_users::prelude::*;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;

#[derive(Clone, AuthUser)]
#[auth_user(table = "user", schema = users)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    #[auth_user(read)]
    #[diesel(column_name = shown_name)]
    pub display_name: Option<String>,
    pub notes: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Sqlite))]
pub struct Named {
    pub email: String,
    pub shown_name: Option<String>,
    pub notes: String,
}

pub fn named(connection: &mut SqliteConnection) -> QueryResult<Vec<Named>> {
    users::table
        .filter(users::is_superuser.eq(true).and(users::shown_name.is_not_null()))
        .order(users::notes.desc())
        .select(Named::as_select())
        .load(connection)
}

fn main() {}
