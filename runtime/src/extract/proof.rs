//! The part that all extractors of users share: authenticate the request, then check what the user must not lack.

use axum::extract::FromRef;
use axum::http::request::Parts;

use super::{CurrentSession, forbidden};
use crate::error::Rejection;
use crate::event::Reason;
use crate::manager::{AuthApp, Manager};

/// The request's active user, who must lack nothing. Else 401 or 403.
pub(super) async fn required<A: AuthApp + FromRef<S>, S>(
    request: &Parts,
    state: &S,
    lacks: impl Fn(&A::User) -> Option<Reason>,
) -> Result<A::User, Rejection> {
    let app = A::from_ref(state);
    let user = CurrentSession::<A>::of(&app, request).await?.user;
    match lacks(&user) {
        None => Ok(user),
        Some(reason) => Err(forbidden(&Manager::for_code(app), &user, reason, request)),
    }
}

/// The request's active user, if it lacks nothing.
pub(super) async fn optional<A: AuthApp + FromRef<S>, S>(
    request: &Parts,
    state: &S,
    lacks: impl Fn(&A::User) -> Option<Reason>,
) -> Result<Option<A::User>, Rejection> {
    let session = Manager::for_code(A::from_ref(state)).authenticate_request(request).await?;
    Ok(session.map(|session| session.user).filter(|user| lacks(user).is_none()))
}

/// Implements an extractor of a user for whom `$lacks` finds nothing, and its `Option`.
macro_rules! proves {
    ($extractor:ident, $lacks:expr) => {
        impl<A: crate::manager::AuthApp> $extractor<A> {
            /// Returns the user.
            #[must_use]
            pub fn into_user(self) -> A::User {
                self.0
            }
        }

        impl<A: crate::manager::AuthApp> std::ops::Deref for $extractor<A> {
            type Target = A::User;

            fn deref(&self) -> &A::User {
                &self.0
            }
        }

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
                super::proof::required::<A, S>(parts, state, $lacks).await.map(Self)
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
                Ok(super::proof::optional::<A, S>(parts, state, $lacks).await?.map(Self))
            }
        }
    };
}

pub(super) use proves;
