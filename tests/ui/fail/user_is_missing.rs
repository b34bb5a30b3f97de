//! Without `user:` there is one error.

use axum_users::prelude::*;

include!("../shared/user.rs");
include!("../shared/uses.rs");

auth_app! {
    pub struct Auth {
        database: Sqlite,
        backends: { web: Cookie + DatabaseSession { lifetime: HOUR } },
    }
}
