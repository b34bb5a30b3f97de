//! A user has `#[derive(AuthUser)]`.

use axum_users::prelude::*;

#[derive(Clone, Debug)]
pub struct User {
    pub id: Uuid,
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
}

include!("../shared/auth.rs");

async fn me(user: CurrentUser<Auth>) -> String {
    user.email.clone()
}

async fn rename(user: CurrentUser<Auth>, manager: Manager<Auth>) -> String {
    let email: Email = "arthur@camelot.bt".parse().expect("an email");
    let found = manager.user_by_email(&email).await.ok().flatten();
    found.map_or(user.email.clone(), |found| found.email)
}

fn app(auth: &Auth) -> axum::Router {
    let routes = axum::Router::new()
        .route("/me", axum::routing::get(me))
        .route("/rename", axum::routing::get(rename))
        .merge(auth.routes());
    routes.with_state(auth.clone())
}

fn main() {}
