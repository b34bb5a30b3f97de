//! The manager, for handlers that do more than read.

use std::convert::Infallible;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use crate::manager::{AuthApp, Manager};

impl<A, S> FromRequestParts<S> for Manager<A>
where
    A: AuthApp + FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self::of_request(A::from_ref(state), parts.clone()))
    }
}
