//! Users who are signed in without a password, at any backend.

use axum::http::header::InvalidHeaderValue;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request};

use crate::actor::Actor;
use crate::backend::BackendName;
use crate::manager::AuthApp;
use crate::strategy::{Context, StrategyError};

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
    /// A transport of the app's own does not find the token where it says that a client sends it.
    #[error("`Transport::token` finds none in `Transport::request_headers`")]
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
    let token = entry.strategy.write(user, &Context::new(&core.store, &core.settings, request)).await?;
    let mut carrier = Request::new(()).into_parts().0;
    carrier.headers = entry.transport.request_headers(&token)?;
    match entry.transport.token(&carrier) {
        Some(_) => Ok(carrier.headers),
        None => Err(SignInError::NotFound),
    }
}
