//! A user that does not exist is an error of that type alone.

use axum_users::prelude::*;

include!("../shared/user.rs");
include!("../shared/uses.rs");

auth_app! {
    pub struct Auth {
        user: Usr,
        database: Sqlite,
        backends: { web: Cookie + DatabaseSession { lifetime: HOUR } },
    }
}
