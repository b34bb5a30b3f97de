//! The request's user, who may manage the others.

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;

use super::CurrentSession;
use crate::error::Rejection;
use crate::manager::AuthApp;
use crate::user::AuthUser;

/// The request's active user, who is a superuser. Else 401, or 403 where the user is none.
///
/// `Option<Superuser<A>>` is `None` where there is no such user. A cross-site write is refused all the same, and a store
/// that is away is a 503.
#[derive(Debug)]
pub struct Superuser<A: AuthApp>(pub A::User);

impl<A, S> FromRequestParts<S> for Superuser<A>
where
    A: AuthApp + FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let session = CurrentSession::<A>::of(&A::from_ref(state), parts).await?;
        if session.user.is_superuser() { Ok(Self(session.user)) } else { Err(Rejection::Forbidden) }
    }
}

impl<A, S> OptionalFromRequestParts<S> for Superuser<A>
where
    A: AuthApp + FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        let session =
            <CurrentSession<A> as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;
        Ok(session.map(|CurrentSession(session)| session.user).filter(AuthUser::is_superuser).map(Self))
    }
}
