//! The routes of an app, documented: as a whole, or one router at a time.

use utoipa::ToSchema;

use super::ApiRouter;
use crate::backend::BackendName;
use crate::manager::AuthApp;
#[cfg(feature = "oauth")]
use crate::oauth::ProviderName;
use crate::router::{Access, Routing};
use crate::user::AuthUser;

/// The routes of an app, documented: those of [`Routes`](crate::router::Routes), under the same names behind `api_`.
pub trait ApiRoutes: AuthApp {
    /// All routers at their usual places.
    fn api_routes<S: Clone + Send + Sync + 'static>(&self) -> ApiRouter<S>;

    /// `POST /login` and `POST /logout` of a backend. Where it is mounted, clients that read the document sign in.
    fn api_auth_routes<S: Clone + Send + Sync + 'static>(
        &self,
        backend: BackendName,
        access: Access,
    ) -> ApiRouter<S>;

    /// `POST /register`.
    fn api_register_routes<S: Clone + Send + Sync + 'static>(&self) -> ApiRouter<S>;

    /// `POST /forgot-password` and `POST /reset-password`.
    fn api_reset_password_routes<S: Clone + Send + Sync + 'static>(&self) -> ApiRouter<S>;

    /// `POST /request-verify-token` and `POST /verify`; `POST /confirm-email` where the policy asks for it.
    fn api_verify_routes<S: Clone + Send + Sync + 'static>(&self) -> ApiRouter<S>;

    /// `/me` and `/{id}`.
    fn api_users_routes<S: Clone + Send + Sync + 'static>(&self, access: Access) -> ApiRouter<S>;

    /// `GET /authorize` and `GET /callback` of an OAuth client, whose users sign in at `backend`.
    #[cfg(feature = "oauth")]
    fn api_oauth_routes<S: Clone + Send + Sync + 'static>(
        &self,
        client: ProviderName,
        backend: BackendName,
        access: Access,
    ) -> ApiRouter<S>;

    /// `GET /authorize` and `GET /callback` of an OAuth client, for signed-in users who want an account to be theirs.
    #[cfg(feature = "oauth")]
    fn api_oauth_associate_routes<S: Clone + Send + Sync + 'static>(
        &self,
        client: ProviderName,
        access: Access,
    ) -> ApiRouter<S>;

    /// `GET /me/oauth-accounts` and `DELETE /me/oauth-accounts/{id}`; nothing in an app without OAuth clients.
    #[cfg(feature = "oauth")]
    fn api_oauth_accounts_routes<S: Clone + Send + Sync + 'static>(&self, access: Access) -> ApiRouter<S>;
}

impl<A> ApiRoutes for A
where
    A: AuthApp,
    A::User: AuthUser<Read: ToSchema, Create: ToSchema, Update: ToSchema>,
{
    fn api_routes<S: Clone + Send + Sync + 'static>(&self) -> ApiRouter<S> {
        ApiRouter::of(self, Routing::all(self))
    }

    fn api_auth_routes<S: Clone + Send + Sync + 'static>(
        &self,
        backend: BackendName,
        access: Access,
    ) -> ApiRouter<S> {
        ApiRouter::of(self, Routing::auth(self, backend, access))
    }

    fn api_register_routes<S: Clone + Send + Sync + 'static>(&self) -> ApiRouter<S> {
        ApiRouter::of(self, Routing::register(self))
    }

    fn api_reset_password_routes<S: Clone + Send + Sync + 'static>(&self) -> ApiRouter<S> {
        ApiRouter::of(self, Routing::reset_password(self))
    }

    fn api_verify_routes<S: Clone + Send + Sync + 'static>(&self) -> ApiRouter<S> {
        ApiRouter::of(self, Routing::verify(self))
    }

    fn api_users_routes<S: Clone + Send + Sync + 'static>(&self, access: Access) -> ApiRouter<S> {
        ApiRouter::of(self, Routing::users(self, access))
    }

    #[cfg(feature = "oauth")]
    fn api_oauth_routes<S: Clone + Send + Sync + 'static>(
        &self,
        client: ProviderName,
        backend: BackendName,
        access: Access,
    ) -> ApiRouter<S> {
        ApiRouter::of(self, Routing::oauth(self, client, backend, access))
    }

    #[cfg(feature = "oauth")]
    fn api_oauth_associate_routes<S: Clone + Send + Sync + 'static>(
        &self,
        client: ProviderName,
        access: Access,
    ) -> ApiRouter<S> {
        ApiRouter::of(self, Routing::oauth_associate(self, client, access))
    }

    #[cfg(feature = "oauth")]
    fn api_oauth_accounts_routes<S: Clone + Send + Sync + 'static>(&self, access: Access) -> ApiRouter<S> {
        ApiRouter::of(self, Routing::oauth_accounts(self, access))
    }
}
