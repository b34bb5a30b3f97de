//! The token beside the user: FastAPI Users' `current_user_token`.

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;

use super::authenticate::tell_flood;
use crate::error::{Refusal, Rejection};
use crate::event::{Event, EventKind, Reason};
use crate::manager::{AuthApp, Authenticated, Manager, ManagerError};
use crate::user::AuthUser;

/// The request's active user with the token that it carried and the backend that knows it. Else 401.
#[expect(missing_debug_implementations, reason = "it holds a token")]
pub struct CurrentSession<A: AuthApp>(pub Authenticated<A::User>);

impl<A: AuthApp> CurrentSession<A> {
    /// The session of a request, or the 401 that says how to sign in.
    pub(crate) async fn of(app: &A, request: &Parts) -> Result<Authenticated<A::User>, Rejection> {
        let manager = Manager::for_code(app.clone());
        let session = manager.authenticate_request(request).await?;
        session.ok_or_else(|| unauthorized(&manager, request))
    }
}

/// The 401 of an app, with the challenge of the first backend that the request may use.
pub(crate) fn unauthorized<A: AuthApp>(manager: &Manager<A>, request: &Parts) -> Rejection {
    let challenge = manager.enabled(request).next().map_or("Bearer", |backend| backend.transport.challenge());
    Rejection::Unauthorized(challenge)
}

/// The answer to what the manager refused, with the challenge of a backend that the request may use where the session has
/// ended meanwhile.
pub(crate) fn refused<A: AuthApp>(manager: &Manager<A>, error: ManagerError) -> Rejection {
    match error {
        ManagerError::Refused(Refusal::SessionEnded) => unauthorized(manager, manager.actor().head()),
        error => error.into(),
    }
}

/// The 403 of a user who is known, and may not.
pub(crate) fn forbidden<A: AuthApp>(
    manager: &Manager<A>,
    user: &A::User,
    reason: Reason,
    request: &Parts,
) -> Rejection {
    let id = user.id();
    tell_flood(manager.core(), Event::from(EventKind::AccessRefused).to(&id).because(reason), request);
    Rejection::Forbidden
}

impl<A, S> FromRequestParts<S> for CurrentSession<A>
where
    A: AuthApp + FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        Self::of(&A::from_ref(state), parts).await.map(Self)
    }
}

impl<A, S> OptionalFromRequestParts<S> for CurrentSession<A>
where
    A: AuthApp + FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        let manager = Manager::for_code(A::from_ref(state));
        Ok(manager.authenticate_request(parts).await?.map(Self))
    }
}
