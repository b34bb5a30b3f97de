//! New users.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use uuid::Uuid;

use crate::error::Error;
use crate::password;
use crate::user::{Database, User, UserId};

pub(crate) fn routes<D: Database>(database: D) -> Router {
    Router::new().route("/register", post(register::<D>)).with_state(database)
}

#[derive(Deserialize)]
struct NewUser {
    email: String,
    password: String,
}

async fn register<D: Database>(
    State(database): State<D>,
    Json(NewUser { email, password }): Json<NewUser>,
) -> Result<(StatusCode, Json<User>), Error> {
    let user = User {
        id: UserId(Uuid::new_v4()),
        email,
        hashed_password: password::hash(password).await?,
        is_active: true,
        is_superuser: false,
        is_verified: false,
    };
    database.insert_user(&user).await?;
    Ok((StatusCode::CREATED, Json(user)))
}
