//! `POST /login` of a backend.

use axum::extract::{Request, State};
use axum::response::Response;

use super::responses::responds_with_token;
use crate::error::{FieldError, Refusal, Rejection};
use crate::manager::{AuthApp, Credentials, Failure, Manager, SignIn};
use crate::router::route::{Documentation, Field, JsonType, Method, Object, Route};
use crate::router::{Access, Entry, body};
use crate::user::{Fields, Schema};

pub(super) const ROUTE: Route = Route {
    method: Method::Post,
    path: "/login",
    tag: "auth",
    id: "auth:{backend}.login",
    summary: "Signs in at {backend}",
    documentation,
};

const FORM: Object = Object::new(
    "OAuth2PasswordRequestForm",
    &[
        Field::optional("grant_type", JsonType::String).pattern("^(password)?$"),
        Field::required("username", JsonType::String).described("The address").min_length(1),
        Field::required("password", JsonType::Password).min_length(1),
    ],
);

fn documentation(doc: &mut Documentation<'_>) {
    doc.describes(
        "OAuth2's password flow. `scope`, `client_id` and `client_secret` may be sent, and are not read.",
    );
    doc.is_token_url = true;
    doc.takes_form(&FORM);
    responds_with_token(doc);
    doc.refuses([Refusal::LoginBadCredentials, Refusal::CrossSiteRequest]);
    doc.refuses_unverified_logins();
    doc.refuses([Rejection::Unavailable]);
    let limits = &doc.app.limits;
    doc.is_limited_by(&[limits.sign_in, limits.passwords, limits.passwords_per_account]);
}

/// OAuth2's password flow (RFC 6749, 4.3.2).
impl Schema for Credentials {
    fn parse(fields: &mut Fields) -> Option<Self> {
        let grant_type = fields.nullable::<String>("grant_type");
        let username = fields.text("username");
        let password = fields.required("password");
        if grant_type?.is_some_and(|grant_type| !matches!(&*grant_type, "" | "password")) {
            fields.refuse(FieldError::pattern("grant_type", "^password$"));
            return None;
        }
        Some(Self { username: username?, password: password? })
    }
}

pub(super) async fn login<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<Response, Rejection> {
    let (parts, body) = request.into_parts();
    let credentials = body::form::<Credentials>(&parts, body).await?;
    let backend = entry.backend.ok_or(Failure::NoSuchBackend)?;
    let manager = Manager::of_request(entry.app, parts);
    match manager.sign_in(backend, &credentials, entry.access == Access::Verified).await? {
        SignIn::SignedIn(login) => Ok(manager.login_response(login).await?),
        SignIn::BadCredentials => Err(Rejection::Refused(Refusal::LoginBadCredentials)),
        SignIn::NotVerified => Err(Rejection::Refused(Refusal::LoginUserNotVerified)),
    }
}
