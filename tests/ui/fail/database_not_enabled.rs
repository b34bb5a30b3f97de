//! `check_for_backend` names a database of this build.

use axum_users::prelude::*;

#[derive(Clone, AuthUser)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub struct Knight {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
}

fn main() {}
