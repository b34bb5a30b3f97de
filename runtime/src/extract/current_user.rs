//! The request's user, who is active.

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;

use super::CurrentSession;
use crate::error::Rejection;
use crate::manager::AuthApp;

/// The request's active user. Else 401.
///
/// `Option<CurrentUser<A>>` is `None` where there is no such user. A cross-site write is refused all the same, and a store
/// that is away is a 503.
#[derive(Debug)]
pub struct CurrentUser<A: AuthApp>(pub A::User);

impl<A, S> FromRequestParts<S> for CurrentUser<A>
where
    A: AuthApp + FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let session = CurrentSession::<A>::of(&A::from_ref(state), parts).await?;
        Ok(Self(session.user))
    }
}

impl<A, S> OptionalFromRequestParts<S> for CurrentUser<A>
where
    A: AuthApp + FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        let session =
            <CurrentSession<A> as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;
        Ok(session.map(|CurrentSession(session)| session.user).map(Self))
    }
}
