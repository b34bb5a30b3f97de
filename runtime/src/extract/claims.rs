//! What a signed token says by itself: a valid JWT, and no look at the database.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use super::session::unauthorized;
use crate::actor::LazyRequest;
use crate::error::Rejection;
use crate::manager::{AuthApp, Manager};
use crate::strategy::{Context, SessionClaims};

/// The claims of the request's JWT. Else 401.
///
/// Nobody asked the database: the user may have been deleted, deactivated, or signed out since. Use it where
/// that may be true for as long as a token lives.
#[derive(Debug)]
pub struct StatelessClaims<A> {
    /// What the token says.
    pub claims: SessionClaims,
    app: std::marker::PhantomData<fn() -> A>,
}

impl<A, S> FromRequestParts<S> for StatelessClaims<A>
where
    A: AuthApp + FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let manager = Manager::for_code(A::from_ref(state));
        let core = manager.core();
        let lazy = LazyRequest::from(&*parts);
        let mut tokens = manager.tokens(parts);
        for (backend, token) in tokens.by_ref() {
            let context = Context::new(&core.store, &core.settings, backend.name, &lazy);
            if let Some(claims) = backend.strategy.claims(token, &context) {
                return Ok(Self { claims, app: std::marker::PhantomData });
            }
        }
        tokens.nobody()?;
        Err(unauthorized(&manager, parts))
    }
}
