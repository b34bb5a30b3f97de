//! `PATCH /me`.

use axum::extract::{Request, State};
use axum::http::StatusCode;

use crate::error::{Refusal, Rejection};
use crate::extract::{refused, unauthorized};
use crate::manager::{AuthApp, Manager, ManagerError};
use crate::router::Entry;
use crate::router::body::user_data_for;
use crate::router::route::{Documentation, JsonType, Method, Route};
use crate::router::shown::{Shown, shown};

pub(super) const ROUTE: Route = Route {
    method: Method::Patch,
    path: "/me",
    tag: "users",
    id: "users:patch_current_user",
    summary: "Changes the user itself",
    documentation,
};

fn documentation(doc: &mut Documentation<'_>) {
    doc.requires_user();
    takes_update(doc);
    let limits = &doc.app.limits;
    doc.is_limited_by(&[limits.changes, limits.changes_per_ip]);
    if !doc.app.policy.confirm_email_change {
        doc.refuses([Refusal::UpdateUserEmailAlreadyExists]);
    }
    doc.responds(StatusCode::OK, "The user, changed", JsonType::User);
}

/// Documents the body of an update, and its errors.
pub(super) fn takes_update(doc: &mut Documentation<'_>) {
    doc.takes_json(JsonType::UserUpdate);
    doc.refuses_passwords(Refusal::UpdateUserInvalidPassword);
    if doc.app.policy.require_current_password {
        doc.refuses([Refusal::UpdateUserBadCurrentPassword]);
        let limits = &doc.app.limits;
        doc.is_limited_by(&[limits.passwords, limits.passwords_per_account]);
    }
}

pub(super) async fn update_me<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<Shown<A>, Rejection> {
    let (parts, body) = request.into_parts();
    let policy = &entry.app.core().policy;
    let (session, update) = user_data_for(&parts, body, policy, || entry.session(&parts)).await?;
    let manager = Manager::of_request(entry.app, parts);
    match manager.update_own(&session, update).await {
        Ok(user) => shown(&manager, &user).await,
        Err(ManagerError::Refused(Refusal::NoSuchUser)) => {
            Err(unauthorized(&manager, manager.actor().head()))
        }
        Err(error) => Err(refused(&manager, error)),
    }
}
