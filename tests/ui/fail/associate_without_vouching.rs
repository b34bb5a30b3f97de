//! Facebook does not say whether an address has been checked, and so nobody's account is found by one.

use axum_users::prelude::*;

#[derive(Clone, AuthUser)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
}

auth_app! {
    pub struct Camelot {
        user: User,
        database: Sqlite,
        backends: { jwt: Bearer + Jwt },
        oauth: { facebook: Facebook { account_linking: AccountLinking::VerifiedEmail } => jwt },
    }
}

fn main() {}
