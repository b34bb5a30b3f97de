//! `POST /forgot-password` and `POST /reset-password`.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;

use super::body::{Kind, json};
use super::{Endpoint, Entry, Routing};
use crate::error::Rejection;
use crate::manager::{AuthApp, Manager};
use crate::secret::Password;
use crate::user::{Fields, Schema, TypedEmail};

pub(super) fn routes<A: AuthApp>() -> Routing<Entry<A>> {
    Routing::new().route("/forgot-password", Endpoint::ForgotPassword, forgot_password::<A>).route(
        "/reset-password",
        Endpoint::ResetPassword,
        reset_password::<A>,
    )
}

/// The body of a request for a mail. Whatever was typed as the email, the answer is the same.
pub(super) struct ToAddress {
    pub(super) email: TypedEmail,
}

impl Schema for ToAddress {
    fn parse(fields: &mut Fields) -> Option<Self> {
        Some(Self { email: TypedEmail::new(&fields.text("email")?) })
    }
}

struct NewPassword {
    token: String,
    password: Password,
}

impl Schema for NewPassword {
    fn parse(fields: &mut Fields) -> Option<Self> {
        let token = fields.required("token");
        let password = fields.required("password");
        Some(Self { token: token?, password: password? })
    }
}

async fn forgot_password<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<(StatusCode, Json<()>), Rejection> {
    let (parts, body) = request.into_parts();
    let ToAddress { email } = json(&parts, body, Kind::Embedded).await?;
    Manager::of_request(entry.app, parts).forgot_password(&email).await?;
    Ok((StatusCode::ACCEPTED, Json(())))
}

async fn reset_password<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<Json<()>, Rejection> {
    let (parts, body) = request.into_parts();
    let NewPassword { token, password } = json(&parts, body, Kind::Embedded).await?;
    Manager::of_request(entry.app, parts).reset_password(&token, &password).await?;
    Ok(Json(()))
}
