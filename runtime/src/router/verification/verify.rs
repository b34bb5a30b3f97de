//! `POST /verify`.

use axum::extract::{Request, State};
use axum::http::StatusCode;

use super::proof::{TokenRequest, takes_verification};
use crate::error::{Refusal, Rejection};
use crate::manager::AuthApp;
use crate::router::Entry;
use crate::router::route::{Documentation, JsonType, Method, Route};
use crate::router::shown::Shown;

pub(super) const ROUTE: Route = Route {
    method: Method::Post,
    path: "/verify",
    tag: "auth",
    id: "verify:verify",
    summary: "Verifies the address with a token",
    documentation,
};

fn documentation(doc: &mut Documentation<'_>) {
    takes_verification(doc);
    doc.responds(StatusCode::OK, "The user, verified", JsonType::User);
    doc.refuses([Refusal::VerifyUserBadToken, Refusal::VerifyUserAlreadyVerified]);
    doc.refuses([Rejection::Unavailable]);
    doc.is_limited_by(&[doc.app.limits.tokens]);
}

pub(super) async fn verify<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<Shown<A>, Rejection> {
    let request = TokenRequest::read(entry, request).await?;
    let proven = request.manager.verify(&request.token, request.proof()).await;
    request.respond(proven).await
}
