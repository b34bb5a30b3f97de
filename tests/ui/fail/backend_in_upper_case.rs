//! A backend in upper case has the constant of the name that was meant.

use axum_users::prelude::*;

include!("../shared/user.rs");
include!("../shared/uses.rs");

auth_app! {
    pub struct Auth {
        user: User,
        database: Sqlite,
        backends: { Web: Cookie + DatabaseSession { lifetime: HOUR } },
    }
}
