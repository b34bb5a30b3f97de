//! A setting without a value costs no other part of the app.

use axum_users::prelude::*;

include!("../shared/user.rs");
include!("../shared/uses.rs");

auth_app! {
    pub struct Auth {
        user: User,
        database: Sqlite,
        hooks,
        backends: { web: Cookie + DatabaseSession { lifetime: HOUR } },
    }
}
