//! The manager, for handlers that do more than read.

use std::convert::Infallible;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use crate::actor::Actor;
use crate::manager::{AuthApp, Manager};

impl<A: AuthApp> Manager<A> {
    /// Returns the manager for the client that sent the request with this head. In handlers, the extractor does it.
    pub fn of_request(app: A, head: Parts) -> Self {
        let settings = &app.core().settings;
        let actor = Actor::client(head, &settings.proxies, &settings.sites);
        Self::acting(app, actor)
    }
}

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
