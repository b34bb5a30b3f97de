//! `POST /request-verify-token` and `POST /verify`; `POST /confirm-email` under the strict policy.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::body::{Kind, json};
use super::reset_password::ToAddress;
use super::shown::{Shown, shown};
use super::{Endpoint, Entry, Routing};
use crate::error::{Refusal, Rejection};
use crate::manager::{AuthApp, Authenticated, Manager, ManagerError, Policy, Proof};
use crate::secret::Password;
use crate::user::{Fields, Schema};

pub(super) fn routes<A: AuthApp>(policy: &Policy) -> Routing<Entry<A>> {
    let routing = Routing::new()
        .route("/request-verify-token", Endpoint::RequestVerifyToken, request_verify_token::<A>)
        .route("/verify", Endpoint::Verify, verify::<A>);
    if policy.confirms_new_email {
        routing.route("/confirm-email", Endpoint::ConfirmEmail, confirm_email::<A>)
    } else {
        routing
    }
}

struct TokenAlone {
    token: String,
}

impl Schema for TokenAlone {
    fn parse(fields: &mut Fields) -> Option<Self> {
        Some(Self { token: fields.required("token")? })
    }
}

/// A token, and what shows that it is in its user's hands.
struct Verification {
    token: String,
    password: Option<Password>,
}

impl Schema for Verification {
    fn parse(fields: &mut Fields) -> Option<Self> {
        let token = fields.required("token");
        let password = fields.optional("password");
        Some(Self { token: token?, password: password? })
    }
}

impl From<TokenAlone> for Verification {
    fn from(TokenAlone { token }: TokenAlone) -> Self {
        Self { token, password: None }
    }
}

async fn request_verify_token<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<(StatusCode, Json<()>), Rejection> {
    let (parts, body) = request.into_parts();
    let ToAddress { email } = json(&parts, body, Kind::Embedded).await?;
    Manager::of_request(entry.app, parts).request_verify(&email).await?;
    Ok((StatusCode::ACCEPTED, Json(())))
}

/// The body of a request with a token from a mail. Where no password is asked for, nothing is said of one that is there all
/// the same.
async fn verification(policy: &Policy, parts: &Parts, body: Body) -> Result<Verification, Rejection> {
    match policy.verification_asks_password {
        true => json(parts, body, Kind::Embedded).await,
        false => Ok(json::<TokenAlone>(parts, body, Kind::Embedded).await?.into()),
    }
}

async fn verify<A: AuthApp>(State(entry): State<Entry<A>>, request: Request) -> Result<Shown<A>, Rejection> {
    let (parts, body) = request.into_parts();
    let Verification { token, password } = verification(&entry.app.core().policy, &parts, body).await?;
    let manager = Manager::of_request(entry.app, parts);
    let session = session_of(&manager, password.as_ref()).await;
    let verified = manager.verify(&token, proof(password.as_ref(), &session)).await;
    let user = unless_session_failed(verified, session)?;
    shown(&manager, &user).await
}

/// The session of a request without a password, where the policy asks for one of the two.
async fn session_of<A: AuthApp>(
    manager: &Manager<A>,
    password: Option<&Password>,
) -> Result<Option<Authenticated<A::User>>, ManagerError> {
    if password.is_some() || !manager.core().policy.verification_asks_password {
        return Ok(None);
    }
    manager.authenticate_request(manager.actor().head()).await
}

fn proof<'a, U>(
    password: Option<&'a Password>,
    session: &'a Result<Option<Authenticated<U>>, ManagerError>,
) -> Proof<'a, U> {
    Proof::of(password, session.as_ref().ok().and_then(Option::as_ref))
}

/// Returns what is wrong with the session in place of the missing proof: a bad token comes first.
fn unless_session_failed<T, U>(
    result: Result<T, ManagerError>,
    session: Result<Option<Authenticated<U>>, ManagerError>,
) -> Result<T, ManagerError> {
    match (result, session) {
        (Err(ManagerError::Refused(Refusal::VerifyUserBadPassword)), Err(error)) => Err(error),
        (result, _) => result,
    }
}

async fn confirm_email<A: AuthApp>(
    State(entry): State<Entry<A>>,
    request: Request,
) -> Result<Shown<A>, Rejection> {
    let (parts, body) = request.into_parts();
    let Verification { token, password } = verification(&entry.app.core().policy, &parts, body).await?;
    let manager = Manager::of_request(entry.app, parts);
    let session = session_of(&manager, password.as_ref()).await;
    let confirmed = manager.confirm_email(&token, proof(password.as_ref(), &session)).await;
    let user = unless_session_failed(confirmed, session)?;
    shown(&manager, &user).await
}
