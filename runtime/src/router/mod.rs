//! The routes: a file for each, with its constant, its handler and its documentation. A handler parses the request, calls
//! the manager and responds. The routers are lists of routes, each in the `mod.rs` of its folder.

mod access;
mod auth;
mod body;
mod email_request;
mod mount;
#[cfg(feature = "oauth")]
mod oauth;
mod password;
mod register;
#[cfg_attr(
    not(all(feature = "openapi", feature = "oauth")),
    expect(dead_code, reason = "the documentation of the routes is for the document alone")
)]
pub(crate) mod route;
mod routing;
mod shown;
mod users;
mod verification;

pub use self::access::Access;
pub(crate) use self::routing::Routing;

use axum::Router;
use axum::http::request::Parts;

use crate::backend::BackendName;
use crate::error::Rejection;
use crate::event::Reason;
use crate::extract::{CurrentSession, forbidden};
use crate::manager::{AuthApp, Authenticated, Manager};
#[cfg(feature = "oauth")]
use crate::oauth::ProviderName;
use crate::user::AuthUser;

/// The routes of an app, as a whole or one router at a time.
///
/// Each router has its state already: it merges into, and nests in, a router of any state.
pub trait Routes: AuthApp {
    /// All routers at their usual places: each backend at `/auth/{name}`, registration, reset and verification at
    /// `/auth`, the users at `/users`. An OAuth client is at `/auth/{name}` for its first backend, at
    /// `/auth/{name}/{backend}` for further ones, and at `/auth/associate/{name}`.
    fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        Routing::all(self).into_router()
    }

    /// `POST /login` and `POST /logout` of a backend.
    fn auth_routes<S: Clone + Send + Sync + 'static>(
        &self,
        backend: BackendName,
        access: Access,
    ) -> Router<S> {
        Routing::auth(self, backend, access).into_router()
    }

    /// `POST /register`.
    fn register_routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        Routing::register(self).into_router()
    }

    /// `POST /forgot-password` and `POST /reset-password`.
    fn reset_password_routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        Routing::reset_password(self).into_router()
    }

    /// `POST /request-verify-token` and `POST /verify`; `POST /confirm-email` where the policy asks for it.
    fn verify_routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        Routing::verify(self).into_router()
    }

    /// `GET /authorize` and `GET /callback` of an OAuth client, whose users sign in at `backend`.
    ///
    /// The provider sends browsers back to the callback's address: that of the app with the path at which this router is.
    #[cfg(feature = "oauth")]
    fn oauth_routes<S: Clone + Send + Sync + 'static>(
        &self,
        client: ProviderName,
        backend: BackendName,
        access: Access,
    ) -> Router<S> {
        Routing::oauth(self, client, backend, access).into_router()
    }

    /// `GET /authorize` and `GET /callback` of an OAuth client, for signed-in users who want an account to be theirs.
    #[cfg(feature = "oauth")]
    fn oauth_associate_routes<S: Clone + Send + Sync + 'static>(
        &self,
        client: ProviderName,
        access: Access,
    ) -> Router<S> {
        Routing::oauth_associate(self, client, access).into_router()
    }

    /// `GET /me/oauth-accounts` and `DELETE /me/oauth-accounts/{id}`; nothing in an app without OAuth clients.
    #[cfg(feature = "oauth")]
    fn oauth_accounts_routes<S: Clone + Send + Sync + 'static>(&self, access: Access) -> Router<S> {
        Routing::oauth_accounts(self, access).into_router()
    }

    /// `/me` and `/{id}`.
    fn users_routes<S: Clone + Send + Sync + 'static>(&self, access: Access) -> Router<S> {
        Routing::users(self, access).into_router()
    }
}

impl<A: AuthApp> Routes for A {}

/// What a handler knows: the app, and where it was mounted.
#[derive(Clone)]
struct Entry<A> {
    app: A,
    backend: Option<BackendName>,
    access: Access,
}

impl<A: AuthApp> Entry<A> {
    fn of(app: &A, access: Access) -> Self {
        Self { app: app.clone(), backend: None, access }
    }

    /// The session of a request that this router lets in.
    async fn session(&self, request: &Parts) -> Result<Authenticated<A::User>, Rejection> {
        let session = CurrentSession::<A>::of(&self.app, request).await?;
        match self.access {
            Access::Verified if !session.user.is_verified() => {
                let manager = Manager::for_code(self.app.clone());
                Err(forbidden(&manager, &session.user, Reason::NotVerified, request))
            }
            Access::Verified => Ok(session.needing_verified()),
            Access::Active => Ok(session),
        }
    }
}

/// A fallback for the whole app, in the contract's form.
pub async fn not_found() -> Rejection {
    Rejection::NotFound
}
