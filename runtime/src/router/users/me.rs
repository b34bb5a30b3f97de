//! `GET /me`.

use axum::extract::{Request, State};
use axum::http::StatusCode;

use crate::error::Rejection;
use crate::manager::{AuthApp, Manager};
use crate::router::Entry;
use crate::router::route::{Documentation, JsonType, Method, Route};
use crate::router::shown::{Shown, shown};

pub(super) const ROUTE: Route = Route {
    method: Method::Get,
    path: "/me",
    tag: "users",
    id: "users:current_user",
    summary: "Shows the user itself",
    documentation,
};

fn documentation(doc: &mut Documentation<'_>) {
    doc.requires_user();
    doc.responds(StatusCode::OK, "The user", JsonType::User);
}

pub(super) async fn me<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<Shown<A>, Rejection> {
    let (parts, _) = request.into_parts();
    let user = entry.session(&parts).await?.user;
    shown(&Manager::for_code(entry.app), &user).await
}
