//! A call does not tell the type of `database:`, and is one error.

use axum_users::prelude::*;

include!("../shared/user.rs");
include!("../shared/uses.rs");

auth_app! {
    pub struct Auth {
        user: User,
        database: Sqlite::new(4),
        backends: { web: Cookie + DatabaseSession { lifetime: HOUR } },
    }
}
