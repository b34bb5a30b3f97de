//! `DELETE /me/oauth-accounts/{id}`.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;

use crate::error::{Refusal, Rejection};
use crate::extract::refused;
use crate::manager::{AuthApp, Manager};
use crate::router::Entry;
use crate::router::route::{Documentation, Method, Route};
use crate::user::{AuthUser, UserId};

pub(super) const ROUTE: Route = Route {
    method: Method::Delete,
    path: "/me/oauth-accounts/{id}",
    tag: "users",
    id: "users:unlink_oauth_account",
    summary: "Unlinks an OAuth account of the user",
    documentation,
};

fn documentation(doc: &mut Documentation<'_>) {
    doc.requires_user();
    doc.takes_id();
    doc.responds_with_status(StatusCode::NO_CONTENT, "Unlinked");
    doc.refuses([Rejection::NotFound, Refusal::OauthLastLoginMethod.into()]);
    doc.requires_recent_login();
}

pub(super) async fn unlink<A: AuthApp>(
    State(entry): State<Entry<A>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<StatusCode, Rejection> {
    let (parts, _) = request.into_parts();
    let session = entry.session(&parts).await?;
    let id = id.ok().and_then(|Path(id)| <A::User as AuthUser>::Id::parse(&id)).ok_or(Rejection::NotFound)?;
    let manager = Manager::of_request(entry.app, parts);
    match manager.unlink_oauth_account(&session, id).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(refused(&manager, error)),
    }
}
