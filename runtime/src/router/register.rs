//! `POST /register`.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::route::{Documentation, JsonType, Method, Route};
use super::shown::shown;
use super::{Entry, Routing, body};
use crate::error::{Refusal, Rejection};
use crate::manager::{AuthApp, Manager, Registration};
use crate::user::AuthUser;

pub(super) fn routes<A: AuthApp>() -> Routing<Entry<A>> {
    Routing::new().route(ROUTE, register::<A>)
}

const ROUTE: Route = Route {
    method: Method::Post,
    path: "/register",
    tag: "auth",
    id: "register:register",
    summary: "Registers",
    documentation,
};

fn documentation(doc: &mut Documentation<'_>) {
    doc.takes_json(JsonType::UserCreate);
    if doc.app.policy.prevent_enumeration {
        doc.responds(StatusCode::ACCEPTED, "Registered, unless the address is known", JsonType::Null);
    } else {
        doc.responds(StatusCode::CREATED, "The new user", JsonType::User);
        doc.refuses([Refusal::RegisterUserAlreadyExists]);
    }
    doc.refuses_passwords(Refusal::RegisterInvalidPassword);
    doc.refuses([Rejection::Unavailable]);
    doc.is_limited_by(&[doc.app.limits.register]);
    if !matches!(doc.app.policy.registration, Registration::Open) {
        doc.refuses([Refusal::RegisterNotAllowed]);
    }
}

async fn register<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, body) = request.into_parts();
    let policy = &entry.app.core().policy;
    let create = body::user_data::<<A::User as AuthUser>::Create>(&parts, body, policy).await?;
    let hides = policy.prevent_enumeration;
    let manager = Manager::of_request(entry.app, parts);
    match manager.register(create).await {
        // Known and unknown emails get the same response.
        Ok(_) if hides => Ok((StatusCode::ACCEPTED, Json(())).into_response()),
        Err(error) if hides && error.is_email_taken() => Ok((StatusCode::ACCEPTED, Json(())).into_response()),
        Ok(user) => Ok((StatusCode::CREATED, shown(&manager, &user).await?).into_response()),
        Err(error) => Err(error.into()),
    }
}
