//! Without `database:` there is one error.

use axum_users::prelude::*;

include!("../shared/user.rs");
include!("../shared/uses.rs");

auth_app! {
    pub struct Auth {
        user: User,
        backends: { web: Cookie + DatabaseSession { lifetime: HOUR } },
    }
}
