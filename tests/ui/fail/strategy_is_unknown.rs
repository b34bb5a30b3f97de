//! A strategy that does not exist is an error of that name alone.

use axum_users::prelude::*;

include!("../shared/user.rs");
include!("../shared/uses.rs");

auth_app! {
    pub struct Auth {
        user: User,
        database: Sqlite,
        backends: { web: Cookie + Databse },
    }
}
