//! Handlers behind each of the extractors.

use axum::Json;
use axum::http::StatusCode;
use axum_users::openapi::utoipa::{self, ToSchema};
use axum_users::openapi::{ApiRouter, get};
use axum_users::prelude::*;
use serde::Serialize;

use crate::Camelot;

/// What everyone is told here.
#[derive(Serialize, ToSchema)]
pub(crate) struct Greeting {
    message: String,
}

fn hello(name: &str) -> Json<Greeting> {
    Json(Greeting { message: format!("Hello {name}!") })
}

/// The handlers, at their places. Whom each is for stands in the document by itself.
pub(crate) fn routes() -> ApiRouter<Camelot> {
    ApiRouter::new()
        .route("/authenticated", get(authenticated).summary("Greets a user").json::<Greeting>(StatusCode::OK))
        .route("/verified", get(verified).summary("Greets a verified user").json::<Greeting>(StatusCode::OK))
        .route("/superuser", get(superuser).summary("Greets a superuser").json::<Greeting>(StatusCode::OK))
        .route("/optional", get(optional).summary("Greets whoever comes").json::<Greeting>(StatusCode::OK))
}

async fn authenticated(user: CurrentUser<Camelot>) -> Json<Greeting> {
    hello(&user.email)
}

async fn verified(user: VerifiedUser<Camelot>) -> Json<Greeting> {
    hello(&user.email)
}

async fn superuser(user: Superuser<Camelot>) -> Json<Greeting> {
    hello(&user.email)
}

async fn optional(user: Option<CurrentUser<Camelot>>) -> Json<Greeting> {
    hello(user.as_ref().map_or("anonymous", |user| &user.email))
}
