//! What the extractors of users share: a user who is known, and a fact that must hold of it.

use axum::extract::FromRef;
use axum::http::request::Parts;

use super::CurrentSession;
use crate::error::Rejection;
use crate::manager::{AuthApp, Manager};

/// The request's active user, for whom `holds` must be true. Else 401 or 403.
pub(super) async fn required<A: AuthApp + FromRef<S>, S>(
    request: &Parts,
    state: &S,
    holds: impl Fn(&A::User) -> bool,
) -> Result<A::User, Rejection> {
    let user = CurrentSession::<A>::of(&A::from_ref(state), request).await?.user;
    if holds(&user) { Ok(user) } else { Err(Rejection::Forbidden) }
}

/// The request's active user, if `holds` is true for it.
pub(super) async fn optional<A: AuthApp + FromRef<S>, S>(
    request: &Parts,
    state: &S,
    holds: impl Fn(&A::User) -> bool,
) -> Result<Option<A::User>, Rejection> {
    let session = Manager::new(A::from_ref(state)).authenticate_request(request).await?;
    Ok(session.map(|session| session.user).filter(holds))
}

/// Implements an extractor of a user for whom `$holds` is true, and its `Option`.
macro_rules! proves {
    ($extractor:ident, $holds:expr) => {
        impl<A, S> axum::extract::FromRequestParts<S> for $extractor<A>
        where
            A: crate::manager::AuthApp + axum::extract::FromRef<S>,
            S: Send + Sync,
        {
            type Rejection = crate::error::Rejection;

            async fn from_request_parts(
                parts: &mut axum::http::request::Parts,
                state: &S,
            ) -> Result<Self, Self::Rejection> {
                super::proof::required::<A, S>(parts, state, $holds).await.map(Self)
            }
        }

        impl<A, S> axum::extract::OptionalFromRequestParts<S> for $extractor<A>
        where
            A: crate::manager::AuthApp + axum::extract::FromRef<S>,
            S: Send + Sync,
        {
            type Rejection = crate::error::Rejection;

            async fn from_request_parts(
                parts: &mut axum::http::request::Parts,
                state: &S,
            ) -> Result<Option<Self>, Self::Rejection> {
                Ok(super::proof::optional::<A, S>(parts, state, $holds).await?.map(Self))
            }
        }
    };
}

pub(super) use proves;
