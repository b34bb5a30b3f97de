//! `PATCH /{id}`, for superusers.

use axum::extract::{Request, State};
use axum::http::StatusCode;

use super::managed::{Managed, PathId, is_for_managers, managed};
use super::update_me::takes_update;
use crate::error::{Refusal, Rejection};
use crate::extract::refused;
use crate::manager::{AuthApp, Manager};
use crate::router::Entry;
use crate::router::body::user_data_for;
use crate::router::route::{Documentation, JsonType, Method, Route};
use crate::router::shown::{Shown, shown};

pub(super) const ROUTE: Route = Route {
    method: Method::Patch,
    path: "/{id}",
    tag: "users",
    id: "users:patch_user",
    summary: "Changes a user",
    documentation,
};

fn documentation(doc: &mut Documentation<'_>) {
    is_for_managers(doc);
    takes_update(doc);
    let limits = &doc.app.limits;
    doc.is_limited_by(&[limits.changes, limits.changes_per_ip, limits.changes_per_superuser]);
    doc.refuses([Refusal::UpdateUserEmailAlreadyExists]);
    if doc.app.policy.keep_last_superuser {
        doc.refuses([Refusal::UpdateUserLastSuperuser]);
    }
    doc.responds(StatusCode::OK, "The user, changed", JsonType::User);
}

pub(super) async fn update_user<A: AuthApp>(
    State(entry): State<Entry<A>>,
    id: PathId,
    request: Request,
) -> Result<Shown<A>, Rejection> {
    let (parts, body) = request.into_parts();
    let id = id.as_ref().ok();
    let policy = &entry.app.core().policy;
    let (Managed { by, user }, update) =
        user_data_for(&parts, body, policy, || managed(&entry, id, &parts)).await?;
    let manager = Manager::of_request(entry.app, parts);
    match manager.update_user(user, update, Some(&by)).await {
        Ok(user) => shown(&manager, &user).await,
        Err(error) => Err(refused(&manager, error)),
    }
}
