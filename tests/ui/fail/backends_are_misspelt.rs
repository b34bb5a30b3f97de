//! A misspelt `backends:` still tells the backends.

use axum_users::prelude::*;

include!("../shared/user.rs");
include!("../shared/uses.rs");

auth_app! {
    pub struct Auth {
        user: User,
        database: Sqlite,
        backend: { web: Cookie + DatabaseSession { lifetime: HOUR } },
    }
}
