//! `POST /confirm-email`, under the strict policy.

use axum::extract::{Request, State};
use axum::http::StatusCode;

use super::proof::{
    Verification, proof, session_of, takes_verification, unless_session_failed, verification,
};
use crate::error::{Refusal, Rejection};
use crate::manager::{AuthApp, Manager};
use crate::router::Entry;
use crate::router::route::{Documentation, JsonType, Method, Route};
use crate::router::shown::{Shown, shown};

pub(super) const ROUTE: Route = Route {
    method: Method::Post,
    path: "/confirm-email",
    tag: "auth",
    id: "verify:confirm-email",
    summary: "Confirms a new address with a token",
    documentation,
};

fn documentation(doc: &mut Documentation<'_>) {
    takes_verification(doc);
    doc.responds(StatusCode::OK, "The user, with the new address", JsonType::User);
    doc.refuses([Refusal::VerifyUserBadToken]);
    doc.refuses([Rejection::Unavailable]);
    doc.is_limited_by(&[doc.app.limits.tokens]);
}

pub(super) async fn confirm_email<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<Shown<A>, Rejection> {
    let (parts, body) = request.into_parts();
    let Verification { token, password } = verification(&entry.app.core().policy, &parts, body).await?;
    let manager = Manager::of_request(entry.app, parts);
    let session = session_of(&manager, password.as_ref()).await;
    let confirmed = manager.confirm_email(&token, proof(password.as_ref(), &session)).await;
    let user = unless_session_failed(confirmed, session)?;
    shown(&manager, &user).await
}
