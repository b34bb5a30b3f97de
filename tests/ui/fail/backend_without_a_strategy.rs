//! A backend with a mistake still has its constant.

use axum_users::prelude::*;

include!("../shared/user.rs");
include!("../shared/uses.rs");

auth_app! {
    pub struct Auth {
        user: User,
        database: Sqlite,
        backends: { web: Cookie },
    }
}
