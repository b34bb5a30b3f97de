//! `POST /forgot-password`.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;

use crate::error::Rejection;
use crate::manager::{AuthApp, Manager};
use crate::router::Entry;
use crate::router::body::{Kind, json};
use crate::router::email_request::{EmailRequest, documents_mail};
use crate::router::route::{Method, Route};

pub(super) const ROUTE: Route = Route {
    method: Method::Post,
    path: "/forgot-password",
    tag: "auth",
    id: "reset:forgot_password",
    summary: "Asks for a token that sets a new password",
    documentation: documents_mail,
};

pub(super) async fn forgot_password<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<(StatusCode, Json<()>), Rejection> {
    let (parts, body) = request.into_parts();
    let EmailRequest { email } = json(&parts, body, Kind::Embedded).await?;
    Manager::of_request(entry.app, parts).forgot_password(&email).await?;
    Ok((StatusCode::ACCEPTED, Json(())))
}
