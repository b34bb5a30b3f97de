//! A misspelt `user:` still tells the user.

use axum_users::prelude::*;

include!("../shared/user.rs");
include!("../shared/uses.rs");

auth_app! {
    pub struct Auth {
        usr: User,
        database: Sqlite,
        backends: { web: Cookie + DatabaseSession { lifetime: HOUR } },
    }
}
