//! The program of the README, without its server.

use axum_users::prelude::*;

#[derive(Clone, AuthUser)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    #[auth_user(read, create, update)]
    pub display_name: Option<String>,
    #[auth_user(read, update(superuser))]
    pub credits: i32,
    #[auth_user(private)]
    pub notes: String,
}

struct Knights;

impl Hooks<User> for Knights {}

auth_app! {
    pub struct Camelot {
        user: User,
        hooks: Knights,
        database: Sqlite,
        backends: {
            jwt: Bearer + Jwt { lifetime: HOUR },
            cookie: Cookie + DatabaseSession { lifetime: 14 * DAY },
        },
    }
}

fn main() {}
