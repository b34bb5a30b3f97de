//! `POST /reset-password`.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;

use crate::error::{Refusal, Rejection};
use crate::manager::{AuthApp, Manager};
use crate::router::Entry;
use crate::router::body::{Kind, json};
use crate::router::route::{Documentation, Field, JsonType, Method, Object, Route};
use crate::secret::Password;
use crate::user::{Fields, Schema};

pub(super) const ROUTE: Route = Route {
    method: Method::Post,
    path: "/reset-password",
    tag: "auth",
    id: "reset:reset_password",
    summary: "Sets a new password with a token",
    documentation,
};

const BODY: Object = Object::new(
    "NewPassword",
    &[Field::required("token", JsonType::String), Field::required("password", JsonType::NewPassword)],
);

fn documentation(doc: &mut Documentation<'_>) {
    doc.takes_json(JsonType::Object(&BODY));
    doc.responds(StatusCode::OK, "The new password is set", JsonType::Null);
    doc.refuses([Refusal::ResetPasswordBadToken]);
    doc.refuses_passwords(Refusal::ResetPasswordInvalidPassword);
    doc.refuses([Rejection::Unavailable]);
    doc.is_limited_by(&[doc.app.limits.tokens]);
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

pub(super) async fn reset_password<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<Json<()>, Rejection> {
    let (parts, body) = request.into_parts();
    let NewPassword { token, password } = json(&parts, body, Kind::Embedded).await?;
    Manager::of_request(entry.app, parts).reset_password(&token, &password).await?;
    Ok(Json(()))
}
