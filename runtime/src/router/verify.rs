//! `POST /request-verify-token` and `POST /verify`; `POST /confirm-email` under the strict policy.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};

use super::Entry;
use super::body::{Kind, json};
use super::reset_password::ToAddress;
use super::shown::{Shown, shown};
use crate::error::Rejection;
use crate::manager::{AuthApp, Manager, Policy};
use crate::user::{Fields, Schema};

pub(super) fn routes<A: AuthApp>(policy: &Policy) -> Router<Entry<A>> {
    let router = Router::new()
        .route("/request-verify-token", post(request_verify_token::<A>))
        .route("/verify", post(verify::<A>));
    if policy.confirms_new_email { router.route("/confirm-email", post(confirm_email::<A>)) } else { router }
}

struct Proof {
    token: String,
}

impl Schema for Proof {
    fn parse(fields: &mut Fields) -> Option<Self> {
        Some(Self { token: fields.required("token")? })
    }
}

async fn request_verify_token<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<(StatusCode, Json<()>), Rejection> {
    let (parts, body) = request.into_parts();
    let ToAddress { email } = json(&parts, body, Kind::Embedded).await?;
    Manager::new(entry.app).request_verify(&email, &parts).await?;
    Ok((StatusCode::ACCEPTED, Json(())))
}

async fn verify<A: AuthApp>(State(entry): State<Entry<A>>, request: Request) -> Result<Shown<A>, Rejection> {
    let (parts, body) = request.into_parts();
    let Proof { token } = json(&parts, body, Kind::Embedded).await?;
    let manager = Manager::new(entry.app);
    let user = manager.verify(&token, &parts).await?;
    shown(&manager, &user).await
}

async fn confirm_email<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<Shown<A>, Rejection> {
    let (parts, body) = request.into_parts();
    let Proof { token } = json(&parts, body, Kind::Embedded).await?;
    let manager = Manager::new(entry.app);
    let user = manager.confirm_email(&token, &parts).await?;
    shown(&manager, &user).await
}
