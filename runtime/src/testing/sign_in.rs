//! Users who are signed in without a password, at any backend.

use axum::http::HeaderMap;
use axum::http::header::InvalidHeaderValue;
use axum::http::request::Parts;

use crate::actor::{Actor, LazyRequest};
use crate::backend::BackendName;
use crate::manager::AuthApp;
use crate::session::Grant;
use crate::strategy::{Context, StrategyError, Work};

/// Why a user was not signed in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// The app has no such backend.
    #[error("there is no backend `{0}`")]
    NoSuchBackend(BackendName),
    /// The strategy made no token: the user may be inactive, or not be stored.
    #[error("the strategy made no token")]
    Strategy(#[from] StrategyError),
    /// The strategy's token can't stand in a header.
    #[error("the token can't stand in a header")]
    Header(#[from] InvalidHeaderValue),
    /// The strategy's token can't be read from a request: it is empty, or has spaces around it.
    #[error("the token can't be read from a request")]
    NotFound,
}

/// Signs `user` in at `backend`: the headers that a client sends from then on. No password is asked for, and no hook is
/// told; the backend's own strategy makes the token.
///
/// # Errors
///
/// When there is no such backend, or it signs the user in with nothing that a request can carry.
pub async fn sign_in<A: AuthApp>(
    app: &A,
    backend: BackendName,
    user: &A::User,
) -> Result<HeaderMap, SignInError> {
    sign_in_from(app, backend, user, Actor::code("testing").head()).await
}

/// The same by a request with this head, for a strategy that is a function of it.
///
/// # Errors
///
/// As for [`sign_in`].
pub async fn sign_in_from<A: AuthApp>(
    app: &A,
    backend: BackendName,
    user: &A::User,
    request: &Parts,
) -> Result<HeaderMap, SignInError> {
    let core = app.core();
    let entry = core.backend(backend).ok_or(SignInError::NoSuchBackend(backend))?;
    let (lazy, actor) = (LazyRequest::from(request), Actor::code("testing"));
    let context = Context::new(&core.store, &core.settings, backend, &lazy);
    let mut work = Work::new(&core.store, &actor);
    let grant = Grant::new(user, core.settings.now());
    let issued = entry.strategy.issue(&grant, &context, &mut work).await?;
    work.commit().await.map_err(StrategyError::from)?;
    let headers = entry.transport.request_headers(issued.access.expose())?;
    match entry.transport.token(&headers) {
        Some(_) => Ok(headers),
        None => Err(SignInError::NotFound),
    }
}
