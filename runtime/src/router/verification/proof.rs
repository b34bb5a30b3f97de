//! A token from a mail, and where the policy asks for it the proof that its user sends it.

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;

use crate::error::{Refusal, Rejection};
use crate::manager::{AuthApp, Authenticated, Manager, ManagerError, Policy, Proof};
use crate::router::Entry;
use crate::router::body::{Kind, json};
use crate::router::route::{Documentation, Field, JsonType, Object};
use crate::router::shown::{Shown, shown};
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

/// The body of a request with a token from a mail. Where no password is asked for, nothing is said of one that is there all
/// the same.
async fn verification(policy: &Policy, parts: &Parts, body: Body) -> Result<Verification, Rejection> {
    match policy.require_password_to_verify {
        true => json(parts, body, Kind::Embedded).await,
        false => Ok(json::<TokenAlone>(parts, body, Kind::Embedded).await?.into()),
    }
}

/// A request with a token from a mail.
pub(super) struct TokenRequest<A: AuthApp> {
    pub(super) manager: Manager<A>,
    pub(super) token: String,
    password: Option<Password>,
    session: Result<Option<Authenticated<A::User>>, ManagerError>,
}

impl<A: AuthApp> TokenRequest<A> {
    /// Reads the body and, where the policy asks for a password and there is none, the session.
    pub(super) async fn read(entry: Entry<A>, request: Request) -> Result<Self, Rejection> {
        let (parts, body) = request.into_parts();
        let policy = &entry.app.core().policy;
        let Verification { token, password } = verification(policy, &parts, body).await?;
        let asks_session = policy.require_password_to_verify && password.is_none();
        let manager = Manager::of_request(entry.app, parts);
        let session = match asks_session {
            true => manager.authenticate_request(manager.actor().head()).await,
            false => Ok(None),
        };
        Ok(Self { manager, token, password, session })
    }

    /// Returns the proof that the token's user sends it.
    pub(super) fn proof(&self) -> Proof<'_, A::User> {
        Proof::of(self.password.as_ref(), self.session.as_ref().ok().and_then(Option::as_ref))
    }

    /// Responds with the user. Where the proof was missing because the session could not be read, that is the error.
    pub(super) async fn respond(self, proven: Result<A::User, ManagerError>) -> Result<Shown<A>, Rejection> {
        let user = match (proven, self.session) {
            (Err(ManagerError::Refused(Refusal::VerifyUserBadPassword)), Err(error)) => {
                return Err(error.into());
            }
            (proven, _) => proven?,
        };
        shown(&self.manager, &user).await
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
    if doc.app.policy.require_password_to_verify {
        doc.takes_json(JsonType::Object(&BODY_WITH_PASSWORD));
        doc.refuses([Refusal::VerifyUserBadPassword]);
        if doc.app.has_cookies() {
            doc.refuses([Refusal::CrossSiteRequest]);
        }
    } else {
        doc.takes_json(JsonType::Object(&BODY));
    }
}
