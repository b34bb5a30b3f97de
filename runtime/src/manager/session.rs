//! Sessions: signing in with a backend, knowing a request's user, signing out.

use axum::http::request::Parts;
use axum::response::Response;

use super::{AuthApp, Credentials, Manager, ManagerError, StoreOf, log};
use crate::backend::{Backend, BackendName, EnabledBackends};
use crate::hooks::RequestInfo;
use crate::strategy::StrategyError;
use crate::user::AuthUser;

/// What a sign-in came to. A second factor will be a case of its own.
#[derive(Debug)]
#[non_exhaustive]
pub enum SignIn<U> {
    /// The user is signed in; the response carries the token.
    SignedIn {
        /// Who.
        user: U,
        /// The backend's answer.
        response: Response,
    },
    /// No such user, a wrong password, or an inactive user.
    BadCredentials,
    /// The user must verify the address first.
    NotVerified,
}

/// A request's user, and how it is known.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds a token")]
pub struct Authenticated<U> {
    /// The user, who is active.
    pub user: U,
    /// The token that the request carried.
    pub token: String,
    /// The backend that knows it.
    pub backend: BackendName,
}

impl<A: AuthApp> Manager<A> {
    fn backend(&self, name: BackendName) -> Result<&Backend<A::User, StoreOf<A>>, ManagerError> {
        self.core().backend(name).ok_or(ManagerError::NoSuchBackend)
    }

    /// Signs a user in at a backend, with all that FastAPI Users' login route does.
    ///
    /// # Errors
    ///
    /// [`ManagerError::CrossSite`], or what fails beneath.
    pub async fn sign_in(
        &self,
        backend: BackendName,
        credentials: &Credentials,
        requires_verification: bool,
        request: &Parts,
    ) -> Result<SignIn<A::User>, ManagerError> {
        self.backend(backend)?.transport.check_login(request)?;
        let user = self.authenticate(credentials).await?;
        let Some(user) = user.filter(AuthUser::is_active) else {
            tracing::info!(%backend, "sign-in refused");
            return Ok(SignIn::BadCredentials);
        };
        if requires_verification && !user.is_verified() {
            return Ok(SignIn::NotVerified);
        }
        match self.sign_in_as(backend, &user, request).await {
            Ok(response) => Ok(SignIn::SignedIn { user, response }),
            Err(ManagerError::Strategy(StrategyError::UserChanged)) => Ok(SignIn::BadCredentials),
            Err(error) => Err(error),
        }
    }

    /// Signs `user` in at a backend without a password, and gives the backend's answer.
    ///
    /// # Errors
    ///
    /// What fails beneath.
    pub async fn sign_in_as(
        &self,
        backend: BackendName,
        user: &A::User,
        request: &Parts,
    ) -> Result<Response, ManagerError> {
        let core = self.core();
        let entry = self.backend(backend)?;
        let token = entry.strategy.write(user, &core.context(request)).await?;
        let mut response = entry.transport.login_response(&token);
        let request = RequestInfo::from(request);
        log("on_after_login", core.hooks.on_after_login(user, &request, &mut response).await);
        tracing::info!(user = %user.id(), %backend, "signed in");
        Ok(response)
    }

    /// The active user of a request: the first backend, in order, that yields one wins.
    ///
    /// # Errors
    ///
    /// [`ManagerError::CrossSite`], or what fails beneath.
    pub async fn authenticate_request(
        &self,
        request: &Parts,
    ) -> Result<Option<Authenticated<A::User>>, ManagerError> {
        let core = self.core();
        let context = core.context(request);
        for backend in self.enabled(request) {
            let Some(token) = backend.token(request)? else { continue };
            if let Some(user) = backend.strategy.read(token, &context).await?
                && user.is_active()
            {
                return Ok(Some(Authenticated { user, token: token.to_owned(), backend: backend.name }));
            }
        }
        Ok(None)
    }

    /// The backends that this request may use.
    pub(crate) fn enabled<'a>(
        &'a self,
        request: &'a Parts,
    ) -> impl Iterator<Item = &'a Backend<A::User, StoreOf<A>>> {
        let enabled = request.extensions.get::<EnabledBackends>();
        self.core().backends.iter().filter(move |backend| enabled.is_none_or(|e| e.contains(backend.name)))
    }

    /// Ends the token at the backend that knows it, and gives the backend's answer.
    ///
    /// # Errors
    ///
    /// What fails beneath.
    pub async fn sign_out(
        &self,
        session: &Authenticated<A::User>,
        request: &Parts,
    ) -> Result<Response, ManagerError> {
        let backend = self.backend(session.backend)?;
        backend.strategy.destroy(&session.token, &session.user, &self.core().context(request)).await?;
        tracing::info!(user = %session.user.id(), backend = %session.backend, "signed out");
        Ok(backend.transport.logout_response())
    }

    /// Ends what a user's sessions have outside the app's own store.
    pub(super) async fn end_sessions_elsewhere(
        &self,
        user: &A::User,
        except: Option<&Authenticated<A::User>>,
        request: &Parts,
    ) -> Result<(), ManagerError> {
        let context = self.core().context(request);
        for backend in &self.core().backends {
            let kept =
                except.filter(|session| session.backend == backend.name).map(|session| &*session.token);
            backend.strategy.destroy_all(user, kept, &context).await?;
        }
        Ok(())
    }

    /// The key under which the app's own store keeps a session's token.
    pub(super) fn key(&self, session: &Authenticated<A::User>, request: &Parts) -> Option<String> {
        self.core().backend(session.backend)?.key(&session.token, &self.core().context(request))
    }
}
