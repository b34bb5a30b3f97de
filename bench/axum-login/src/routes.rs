//! The routes, each with its session.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use password_auth::generate_hash;
use serde::Deserialize;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::users::{AuthSession, Credentials, User, Users};

pub(crate) fn routes<U: Users>() -> Router {
    Router::new()
        .route("/login", post(login::<U>))
        .route("/logout", post(logout::<U>))
        .route("/users/me", get(me::<U>))
        .route("/register", post(register::<U>))
}

/// What is not the client's to know.
struct Failure(anyhow::Error);

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        eprintln!("{:#}", self.0);
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

async fn login<U: Users>(
    mut session: AuthSession<U>,
    Form(credentials): Form<Credentials>,
) -> Result<StatusCode, Failure> {
    let Some(user) = session.authenticate(credentials).await? else { return Ok(StatusCode::BAD_REQUEST) };
    session.login(&user).await?;
    Ok(StatusCode::OK)
}

async fn logout<U: Users>(mut session: AuthSession<U>) -> Result<StatusCode, Failure> {
    session.logout().await?;
    Ok(StatusCode::OK)
}

async fn me<U: Users>(session: AuthSession<U>) -> Result<Json<User>, StatusCode> {
    session.user.map(Json).ok_or(StatusCode::UNAUTHORIZED)
}

#[derive(Deserialize)]
struct NewUser {
    email: String,
    password: String,
}

async fn register<U: Users>(
    session: AuthSession<U>,
    Json(NewUser { email, password }): Json<NewUser>,
) -> Result<Response, Failure> {
    let user = User {
        id: Uuid::new_v4(),
        email,
        hashed_password: spawn_blocking(|| generate_hash(password)).await?,
        is_active: true,
        is_superuser: false,
        is_verified: false,
    };
    match session.backend.0.insert(&user).await {
        Ok(()) => Ok((StatusCode::CREATED, Json(user)).into_response()),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
            Ok(StatusCode::BAD_REQUEST.into_response())
        }
        Err(error) => Err(error.into()),
    }
}
