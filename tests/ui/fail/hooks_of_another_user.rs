//! Hooks for another user name the impl that is missing.

use axum_users::prelude::*;

include!("../shared/user.rs");
include!("../shared/uses.rs");

#[derive(Clone, Debug, AuthUser)]
pub struct Admin {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
}

pub struct AppHooks;

impl Hooks<Admin> for AppHooks {}

auth_app! {
    pub struct Auth {
        user: User,
        database: Sqlite,
        hooks: AppHooks,
        backends: { web: Cookie + DatabaseSession { lifetime: HOUR } },
    }
}
