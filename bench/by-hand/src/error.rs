//! What goes wrong, and how it is answered.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

pub(crate) enum Error {
    Unauthorized,
    BadCredentials,
    EmailTaken,
    /// What is not the client's to know.
    Internal(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Error {
    fn from(error: E) -> Self {
        Self::Internal(error.into())
    }
}

#[derive(Serialize)]
struct Body {
    detail: &'static str,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, detail) = match self {
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "Unauthorized"),
            Self::BadCredentials => (StatusCode::BAD_REQUEST, "LOGIN_BAD_CREDENTIALS"),
            Self::EmailTaken => (StatusCode::BAD_REQUEST, "REGISTER_USER_ALREADY_EXISTS"),
            Self::Internal(error) => {
                eprintln!("{error:#}");
                (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
            }
        };
        (status, Json(Body { detail })).into_response()
    }
}
