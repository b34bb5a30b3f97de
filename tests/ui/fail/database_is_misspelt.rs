//! A misspelt `database:` still tells the database.

use axum_users::prelude::*;

include!("../shared/user.rs");
include!("../shared/uses.rs");

auth_app! {
    pub struct Auth {
        user: User,
        databse: Sqlite,
        backends: { web: Cookie + DatabaseSession { lifetime: HOUR } },
    }
}
