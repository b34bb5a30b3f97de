//! How a sign-in's token is made, read and ended. It knows no HTTP but the request's head.

mod by_request;
mod claims;
mod context;
mod database;
mod dynamic;
mod error;
mod jwt;
#[cfg(feature = "redis")]
mod redis;
mod session;

use std::future::Future;

pub use self::claims::SessionClaims;
pub use self::context::Context;
use self::context::stored;
pub use self::database::Database;
pub(crate) use self::dynamic::DynStrategy;
pub use self::error::StrategyError;
pub use self::jwt::Jwt;
#[cfg(feature = "redis")]
pub use self::redis::{ConnectedRedis, Redis};
pub use self::session::Session;

use crate::settings::{Settings, StartError};
use crate::store::Store;
use crate::user::AuthUser;

/// How a sign-in's token is made, read and ended.
///
/// A function of the request, `fn(&RequestInfo) -> impl Strategy`, is one too: for example, one that returns a `Jwt` with the secret of a tenant.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a strategy for `{U}`",
    label = "not a strategy",
    note = "a backend is `transport + strategy`: `Bearer + Jwt {{ lifetime: HOUR }}`, `Cookie + Database`",
    note = "a strategy of your own implements `axum_users::strategy::Strategy<U, S>`"
)]
pub trait Strategy<U: AuthUser, S: Store<U>>: Send + Sync + 'static {
    /// Checks the strategy's own settings when the app starts, and fills in what is left open.
    ///
    /// # Errors
    ///
    /// When they contradict each other.
    fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        let _ = settings;
        Ok(())
    }

    /// Returns the session of `token`, whose user may not be active, or `None` where the token is none of this strategy's
    /// or no longer valid.
    fn read(
        &self,
        token: &str,
        context: &Context<'_, S>,
    ) -> impl Future<Output = Result<Option<Session<U>>, StrategyError>> + Send;

    /// Issues a token for `user`, whose password has just been checked. The user may change meanwhile: a strategy stamps
    /// its tokens with [`Context::generation_for`] and reads them with [`Store::user_unless_ended`], or writes them in a
    /// statement that checks the user's row as well.
    fn write(
        &self,
        user: &U,
        context: &Context<'_, S>,
    ) -> impl Future<Output = Result<String, StrategyError>> + Send;

    /// Ends `token`, which is `user`'s.
    fn destroy(
        &self,
        token: &str,
        user: &U,
        context: &Context<'_, S>,
    ) -> impl Future<Output = Result<(), StrategyError>> + Send;

    /// Ends all tokens of `user` but `except`, after a change of the password, a deactivation or a deletion.
    ///
    /// What lies in the app's own store is ended there, with the change; this is for tokens that lie elsewhere. `except`
    /// may be another backend's: those that keep their tokens in one place are all told of it.
    fn destroy_all(
        &self,
        user: &U,
        except: Option<&str>,
        context: &Context<'_, S>,
    ) -> impl Future<Output = Result<(), StrategyError>> + Send {
        let _ = (user, except, context);
        std::future::ready(Ok(()))
    }

    /// What `token` says by itself, read without the store.
    fn claims(&self, token: &str, context: &Context<'_, S>) -> Option<SessionClaims> {
        let _ = (token, context);
        None
    }

    /// Whether there are tokens that say something by themselves, for documents.
    fn has_claims(&self) -> bool {
        false
    }
}
