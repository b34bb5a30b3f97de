//! Transaction hooks for another connection name the impl that is missing.

use axum_users::prelude::*;

include!("../shared/user.rs");
include!("../shared/uses.rs");

pub struct AppHooks;

impl TransactionHooks<User, diesel::SqliteConnection> for AppHooks {}

auth_app! {
    pub struct Auth {
        user: User,
        database: Sqlite,
        transaction_hooks: AppHooks,
        backends: { web: Cookie + DatabaseSession { lifetime: HOUR } },
    }
}
