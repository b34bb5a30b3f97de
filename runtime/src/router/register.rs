//! `POST /register`.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::shown::shown;
use super::{Endpoint, Entry, Routing, body};
use crate::error::Rejection;
use crate::manager::{AuthApp, Manager};
use crate::user::AuthUser;

pub(super) fn routes<A: AuthApp>() -> Routing<Entry<A>> {
    Routing::new().route("/register", Endpoint::Register, register::<A>)
}

async fn register<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, body) = request.into_parts();
    let policy = &entry.app.core().policy;
    let create = body::user_data::<<A::User as AuthUser>::Create>(&parts, body, policy).await?;
    let hides = policy.hides_registrations;
    let manager = Manager::of_request(entry.app, parts);
    match manager.register(create).await {
        // Known and unknown emails get the same response.
        Ok(_) if hides => Ok((StatusCode::ACCEPTED, Json(())).into_response()),
        Err(error) if hides && error.is_email_taken() => Ok((StatusCode::ACCEPTED, Json(())).into_response()),
        Ok(user) => Ok((StatusCode::CREATED, shown(&manager, &user).await?).into_response()),
        Err(error) => Err(error.into()),
    }
}
