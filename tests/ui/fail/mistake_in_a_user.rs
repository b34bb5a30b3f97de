//! A mistake in a user is one error, whatever uses the user: its schemas with their own fields, and an app.

use axum_users::prelude::*;

#[derive(Clone, AuthUser)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    #[auth_user(read, create, update)]
    pub display_name: Option<String>,
    #[auth_user(read, create(superuser), update(superuser))]
    pub credits: i32,
    pub notes: String,
}

auth_app! {
    pub struct Camelot {
        user: User,
        database: AnyDatabase,
        backends: { jwt: Bearer + Jwt { lifetime: HOUR } },
    }
}

pub async fn use_them(camelot: Camelot, user: User) {
    let read = user.read();
    let _: (Option<String>, i32) = (read.display_name, read.credits);
    let update = UserUpdate { display_name: Some(None), credits: Some(1), ..UserUpdate::default() };
    drop(update.display_name);
    let create = UserCreate {
        email: "arthur@camelot.bt".parse().expect("an email"),
        password: "guinevere".into(),
        is_active: None,
        is_superuser: None,
        is_verified: None,
        display_name: None,
        credits: None,
    };
    drop(Manager::for_code(camelot).create(create).await);
}

fn main() {}
