//! `DELETE /{id}`, for superusers, and `DELETE /me`, which takes `me` for an id, as FastAPI Users does.

use axum::extract::{Request, State};
use axum::http::StatusCode;

use super::managed::{Managed, PathId, is_for_managers, managed};
use crate::error::{Refusal, Rejection};
use crate::extract::refused;
use crate::manager::{AuthApp, Manager};
use crate::router::Entry;
use crate::router::route::{Documentation, Method, Route};

pub(super) const ROUTE: Route = Route {
    method: Method::Delete,
    path: "/{id}",
    tag: "users",
    id: "users:delete_user",
    summary: "Deletes a user",
    documentation,
};

fn documentation(doc: &mut Documentation<'_>) {
    is_for_managers(doc);
    doc.responds_with_status(StatusCode::NO_CONTENT, "Deleted");
    doc.refuses([Refusal::DeleteUserInUse]);
    if doc.app.policy.keep_last_superuser {
        doc.refuses([Refusal::DeleteUserLastSuperuser]);
    }
}

/// No user has the id `me`.
pub(super) const ME: Route = Route {
    path: "/me",
    id: "users:delete_user.me",
    summary: "Deletes nobody",
    documentation: documentation_of_me,
    ..ROUTE
};

fn documentation_of_me(doc: &mut Documentation<'_>) {
    doc.describes("`me` is taken for an id here, which no user has.");
    doc.requires_superuser();
    doc.refuses([Rejection::NotFound]);
}

pub(super) async fn delete_user<A: AuthApp>(
    State(entry): State<Entry<A>>,
    id: PathId,
    request: Request,
) -> Result<StatusCode, Rejection> {
    let (parts, _) = request.into_parts();
    let Managed { by, user } = managed(&entry, id.as_ref().ok(), &parts).await?;
    let manager = Manager::of_request(entry.app, parts);
    match manager.delete(user, Some(&by)).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(refused(&manager, error)),
    }
}
