//! `POST /login` and `POST /logout` of a backend.

use axum::extract::{Request, State};
use axum::response::Response;

use super::{Access, Endpoint, Entry, Routing, body};
use crate::backend::BackendName;
use crate::error::{FieldError, Refusal, Rejection};
use crate::manager::{AuthApp, Credentials, Failure, Manager, SignIn};
use crate::user::{Fields, Schema};

pub(super) fn routes<A: AuthApp>(backend: BackendName) -> Routing<Entry<A>> {
    Routing::new().route("/login", Endpoint::Login(backend), login::<A>).route(
        "/logout",
        Endpoint::Logout(backend),
        logout::<A>,
    )
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

async fn login<A: AuthApp>(State(entry): State<Entry<A>>, request: Request) -> Result<Response, Rejection> {
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

async fn logout<A: AuthApp>(State(entry): State<Entry<A>>, request: Request) -> Result<Response, Rejection> {
    let (parts, _) = request.into_parts();
    let session = entry.session(&parts).await?;
    let manager = Manager::of_request(entry.app, parts);
    manager.sign_out(&session).await?;
    Ok(manager.logout_response(session.backend)?)
}
