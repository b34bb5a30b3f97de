//! A token from a mail, and where the policy asks for it the proof that its user sends it.

use axum::body::Body;
use axum::http::request::Parts;

use crate::error::{Refusal, Rejection};
use crate::manager::{AuthApp, Authenticated, Manager, ManagerError, Policy, Proof};
use crate::router::body::{Kind, json};
use crate::router::route::{Documentation, Field, JsonType, Object};
use crate::secret::Password;
use crate::user::{Fields, Schema};

struct TokenAlone {
    token: String,
}

impl Schema for TokenAlone {
    fn parse(fields: &mut Fields) -> Option<Self> {
        Some(Self { token: fields.required("token")? })
    }
}

/// A token, and what shows that it is in its user's hands.
pub(super) struct Verification {
    pub(super) token: String,
    pub(super) password: Option<Password>,
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

/// The body of a request with a token from a mail. Where no password is asked for, nothing is said of one that is there all
/// the same.
pub(super) async fn verification(
    policy: &Policy,
    parts: &Parts,
    body: Body,
) -> Result<Verification, Rejection> {
    match policy.verification_asks_password {
        true => json(parts, body, Kind::Embedded).await,
        false => Ok(json::<TokenAlone>(parts, body, Kind::Embedded).await?.into()),
    }
}

/// The session of a request without a password, where the policy asks for one of the two.
pub(super) async fn session_of<A: AuthApp>(
    manager: &Manager<A>,
    password: Option<&Password>,
) -> Result<Option<Authenticated<A::User>>, ManagerError> {
    if password.is_some() || !manager.core().policy.verification_asks_password {
        return Ok(None);
    }
    manager.authenticate_request(manager.actor().head()).await
}

pub(super) fn proof<'a, U>(
    password: Option<&'a Password>,
    session: &'a Result<Option<Authenticated<U>>, ManagerError>,
) -> Proof<'a, U> {
    Proof::of(password, session.as_ref().ok().and_then(Option::as_ref))
}

/// Returns what is wrong with the session in place of the missing proof: a bad token comes first.
pub(super) fn unless_session_failed<T, U>(
    result: Result<T, ManagerError>,
    session: Result<Option<Authenticated<U>>, ManagerError>,
) -> Result<T, ManagerError> {
    match (result, session) {
        (Err(ManagerError::Refused(Refusal::VerifyUserBadPassword)), Err(error)) => Err(error),
        (result, _) => result,
    }
}

const TOKEN: Field = Field::required("token", JsonType::String);

const BODY: Object = Object::new("Proof", &[TOKEN]);

const BODY_WITH_PASSWORD: Object = Object::new(
    "Verification",
    &[
        TOKEN,
        Field::optional("password", JsonType::Password)
            .described("The user's; not needed where the user is signed in"),
    ],
);

/// Documents the body.
pub(super) fn takes_verification(doc: &mut Documentation<'_>) {
    if doc.app.policy.verification_asks_password {
        doc.takes_json(JsonType::Object(&BODY_WITH_PASSWORD));
        doc.refuses([Refusal::VerifyUserBadPassword]);
        if doc.app.has_cookies() {
            doc.refuses([Refusal::CrossSiteRequest]);
        }
    } else {
        doc.takes_json(JsonType::Object(&BODY));
    }
}
