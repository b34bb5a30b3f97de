//! `POST /logout` of a backend.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::error::Rejection;
use crate::manager::{AuthApp, Manager};
use crate::router::Entry;
use crate::router::route::{Documentation, JsonType, Method, Route};

pub(super) const ROUTE: Route = Route {
    method: Method::Post,
    path: "/logout",
    tag: "auth",
    id: "auth:{backend}.logout",
    summary: "Signs out at {backend}",
    documentation,
};

fn documentation(doc: &mut Documentation<'_>) {
    doc.requires_user();
    doc.responds(StatusCode::OK, "Signed out", JsonType::Null);
}

pub(super) async fn logout<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let session = entry.session(&parts).await?;
    let manager = Manager::of_request(entry.app, parts);
    manager.sign_out(&session).await?;
    Ok(manager.logout_response(session.backend)?)
}
