//! Where Redis is stands in the configuration of an app that has one.

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
        redis: RedisOptions,
        backends: { redis: Bearer + RedisSession { lifetime: HOUR } },
    }
}

fn main() {
    let _ = CamelotConfig {
        database: "sqlite://camelot.db".into(),
        secret: "excalibur-excalibur-excalibur-excalibur".into(),
        reset_password_token_secret: "holy-grail-holy-grail-holy-grail-holy-grail".into(),
        verification_token_secret: "round-table-round-table-round-table".into(),
    };
}
