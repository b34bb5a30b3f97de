//! Handlers behind each of the extractors.

use axum::Json;
use axum_users::prelude::*;
use serde_json::{Value, json};

use crate::Camelot;

fn hello(name: &str) -> Json<Value> {
    Json(json!({ "message": format!("Hello {name}!") }))
}

pub(crate) async fn authenticated(CurrentUser(user): CurrentUser<Camelot>) -> Json<Value> {
    hello(&user.email)
}

pub(crate) async fn verified(Verified(user): Verified<Camelot>) -> Json<Value> {
    hello(&user.email)
}

pub(crate) async fn superuser(Superuser(user): Superuser<Camelot>) -> Json<Value> {
    hello(&user.email)
}

pub(crate) async fn optional(user: Option<CurrentUser<Camelot>>) -> Json<Value> {
    hello(user.as_ref().map_or("anonymous", |CurrentUser(user)| &user.email))
}
