//! A database whose feature is off is one error, which names the feature.

use axum_users::prelude::*;

include!("../shared/user.rs");
include!("../shared/uses.rs");

auth_app! {
    pub struct Auth {
        user: User,
        database: Postgres,
        backends: { web: Cookie + DatabaseSession { lifetime: HOUR } },
    }
}
