//! `GET /{id}`, for superusers.

use axum::extract::{Request, State};
use axum::http::StatusCode;

use super::managed::{Managed, PathId, is_for_managers, managed};
use crate::error::Rejection;
use crate::manager::{AuthApp, Manager};
use crate::router::Entry;
use crate::router::route::{Documentation, JsonType, Method, Route};
use crate::router::shown::{Shown, shown};

pub(super) const ROUTE: Route = Route {
    method: Method::Get,
    path: "/{id}",
    tag: "users",
    id: "users:user",
    summary: "Shows a user",
    documentation,
};

fn documentation(doc: &mut Documentation<'_>) {
    is_for_managers(doc);
    doc.responds(StatusCode::OK, "The user", JsonType::User);
}

pub(super) async fn user<A: AuthApp>(
    State(entry): State<Entry<A>>,
    id: PathId,
    request: Request,
) -> Result<Shown<A>, Rejection> {
    let (parts, _) = request.into_parts();
    let Managed { by: _, user } = managed(&entry, id.as_ref().ok(), &parts).await?;
    let manager = Manager::of_request(entry.app, parts);
    shown(&manager, &user).await
}
