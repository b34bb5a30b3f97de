//! The app's keys at a service must be given, and a secret.

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
        oauth: { google: Google => jwt },
    }
}

fn config() -> CamelotConfig {
    CamelotConfig {
        database: "sqlite://camelot.db".into(),
        secret: "excalibur".into(),
        reset_password_token_secret: "excalibur".into(),
        verification_token_secret: "excalibur".into(),
    }
}

fn main() {
    config();
}
