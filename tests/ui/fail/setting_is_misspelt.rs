//! A misspelt setting is one error.

use axum_users::prelude::*;

include!("../shared/user.rs");
include!("../shared/uses.rs");

auth_app! {
    pub struct Auth {
        user: User,
        database: Sqlite,
        polcy: Policy::strict(),
        backends: { web: Cookie + DatabaseSession { lifetime: HOUR } },
    }
}
