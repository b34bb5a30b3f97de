//! Hooks within the transaction implement `TransactionHooks`.

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

struct Ledger;

auth_app! {
    pub struct Camelot {
        user: User,
        database: Sqlite,
        transaction_hooks: Ledger,
        backends: { jwt: Bearer + Jwt { lifetime: HOUR } },
    }
}

fn main() {}
