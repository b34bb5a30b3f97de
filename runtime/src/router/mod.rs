//! The routers, one a file: each parses, calls the manager, and answers.

mod auth;
mod body;
#[cfg(feature = "oauth")]
mod oauth;
mod register;
mod reset_password;
mod shown;
mod users;
mod verify;

use axum::Router;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::backend::BackendName;
use crate::error::Rejection;
use crate::extract::CurrentSession;
use crate::manager::{AuthApp, Authenticated};
#[cfg(feature = "oauth")]
use crate::oauth::ClientName;
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
    /// `/auth`, the users at `/users`. An OAuth client is at `/auth/{name}` for its first backend, at
    /// `/auth/{name}/{backend}` for further ones, and at `/auth/associate/{name}`.
    fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let accounts = self.register_routes().merge(self.reset_password_routes()).merge(self.verify_routes());
        let backends = self.core().backends.iter().map(|backend| backend.name);
        let users = self.users_routes(Access::Active);
        #[cfg(feature = "oauth")]
        let users = users.merge(self.oauth_accounts_routes(Access::Active));
        let router = Router::new().nest("/auth", accounts).nest("/users", users);
        let router = backends.fold(router, |router, backend| {
            router.nest(&format!("/auth/{backend}"), self.auth_routes(backend, Access::Active))
        });
        #[cfg(feature = "oauth")]
        let router = mount_clients(self, router);
        router
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

    /// `GET /authorize` and `GET /callback` of an OAuth client, whose users sign in at `backend`.
    ///
    /// The provider sends browsers back to the callback's address: that of the app with the path at which this router is.
    #[cfg(feature = "oauth")]
    fn oauth_routes<S: Clone + Send + Sync + 'static>(
        &self,
        client: ClientName,
        backend: BackendName,
        access: Access,
    ) -> Router<S> {
        let entry = Entry { app: self.clone(), backend: Some(backend), access };
        finish(oauth::sign_in_routes::<Self>(), oauth::OAuthEntry { entry, client })
    }

    /// `GET /authorize` and `GET /callback` of an OAuth client, for signed-in users who want an account to be theirs.
    #[cfg(feature = "oauth")]
    fn oauth_associate_routes<S: Clone + Send + Sync + 'static>(
        &self,
        client: ClientName,
        access: Access,
    ) -> Router<S> {
        let entry = Entry { app: self.clone(), backend: None, access };
        finish(oauth::associate_routes::<Self>(), oauth::OAuthEntry { entry, client })
    }

    /// `GET /me/oauth-accounts` and `DELETE /me/oauth-accounts/{id}`; nothing in an app without OAuth clients.
    #[cfg(feature = "oauth")]
    fn oauth_accounts_routes<S: Clone + Send + Sync + 'static>(&self, access: Access) -> Router<S> {
        if self.core().oauth.is_none() {
            return Router::new();
        }
        finish(oauth::accounts_routes::<Self>(), Entry { app: self.clone(), backend: None, access })
    }

    /// `/me` and `/{id}`.
    fn users_routes<S: Clone + Send + Sync + 'static>(&self, access: Access) -> Router<S> {
        finish(users::routes::<Self>(), Entry { app: self.clone(), backend: None, access })
    }
}

impl<A: AuthApp> Routes for A {}

/// Mounts the OAuth clients of `app` at their usual places.
#[cfg(feature = "oauth")]
fn mount_clients<A: AuthApp, S: Clone + Send + Sync + 'static>(app: &A, mut router: Router<S>) -> Router<S> {
    for declared in app.core().oauth.iter().flat_map(|oauth| &oauth.clients) {
        let client = declared.name;
        router = router
            .nest(&format!("/auth/associate/{client}"), app.oauth_associate_routes(client, Access::Active));
        for (index, &backend) in declared.backends.iter().enumerate() {
            let place = if index == 0 { String::new() } else { format!("/{backend}") };
            router = router
                .nest(&format!("/auth/{client}{place}"), app.oauth_routes(client, backend, Access::Active));
        }
    }
    router
}

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
