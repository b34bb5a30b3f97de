//! The routers, one a file: each parses, calls the manager, and answers.

mod auth;
mod body;
mod register;
mod reset_password;
mod users;
mod verify;

use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::{Json, Router};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::backend::BackendName;
use crate::error::Rejection;
use crate::extract::CurrentSession;
use crate::manager::{AuthApp, Authenticated};
use crate::user::AuthUser;

/// Whom a router lets in: FastAPI Users' `requires_verification`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Every active user.
    #[default]
    Active,
    /// Active users who are verified; the others get a 403, or `LOGIN_USER_NOT_VERIFIED` at login.
    Verified,
}

/// The routes of an app, as a whole or one router at a time.
///
/// Each router has its state already: it merges into, and nests in, a router of any state.
pub trait Routes: AuthApp {
    /// All routers at their usual places: each backend at `/auth/{name}`, registration, reset and verification at
    /// `/auth`, the users at `/users`.
    fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let accounts = self.register_routes().merge(self.reset_password_routes()).merge(self.verify_routes());
        let backends = self.core().backends.iter().map(|backend| backend.name);
        let router = Router::new().nest("/auth", accounts).nest("/users", self.users_routes(Access::Active));
        backends.fold(router, |router, backend| {
            router.nest(&format!("/auth/{backend}"), self.auth_routes(backend, Access::Active))
        })
    }

    /// `POST /login` and `POST /logout` of a backend.
    fn auth_routes<S: Clone + Send + Sync + 'static>(
        &self,
        backend: BackendName,
        access: Access,
    ) -> Router<S> {
        finish(auth::routes::<Self>(), Entry { app: self.clone(), backend: Some(backend), access })
    }

    /// `POST /register`.
    fn register_routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        finish(register::routes::<Self>(), Entry::of(self))
    }

    /// `POST /forgot-password` and `POST /reset-password`.
    fn reset_password_routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        finish(reset_password::routes::<Self>(), Entry::of(self))
    }

    /// `POST /request-verify-token` and `POST /verify`; `POST /confirm-email` where the policy asks for it.
    fn verify_routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        finish(verify::routes::<Self>(&self.core().policy), Entry::of(self))
    }

    /// `/me` and `/{id}`.
    fn users_routes<S: Clone + Send + Sync + 'static>(&self, access: Access) -> Router<S> {
        finish(users::routes::<Self>(), Entry { app: self.clone(), backend: None, access })
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
    fn of(app: &A) -> Self {
        Self { app: app.clone(), backend: None, access: Access::Active }
    }

    /// The session of a request that this router lets in.
    async fn session(&self, request: &Parts) -> Result<Authenticated<A::User>, Rejection> {
        let session = CurrentSession::<A>::of(&self.app, request).await?;
        match self.access {
            Access::Verified if !session.user.is_verified() => Err(Rejection::Forbidden),
            Access::Active | Access::Verified => Ok(session),
        }
    }
}

/// The user, as an answer.
type Shown<A> = Json<<<A as AuthApp>::User as AuthUser>::Read>;

fn finish<T, S>(router: Router<T>, state: T) -> Router<S>
where
    T: Clone + Send + Sync + 'static,
    S: Clone + Send + Sync + 'static,
{
    router
        .method_not_allowed_fallback(method_not_allowed)
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .with_state(state)
}

async fn method_not_allowed() -> Rejection {
    Rejection::MethodNotAllowed
}

/// A fallback for the whole app, in the contract's form.
pub async fn not_found() -> Rejection {
    Rejection::NotFound
}
