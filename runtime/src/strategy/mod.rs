//! How tokens are issued for a login, authenticated and revoked.

mod authentication;
mod by_request;
mod claims;
mod database;
mod dynamic;
mod error;
mod jwt;
mod random;
#[cfg(feature = "redis")]
mod redis;
mod revoke;

use std::future::Future;

pub use self::authentication::Authentication;
pub use self::claims::SessionClaims;
pub use self::database::DatabaseSession;
pub(crate) use self::dynamic::DynStrategy;
pub use self::error::StrategyError;
pub use self::jwt::Jwt;
#[cfg(feature = "redis")]
pub use self::redis::{ConnectedRedisSession, RedisSession};
pub use self::revoke::{Credential, Revoke};
pub use crate::session::{Grant, Issued, Session};
pub use crate::work::{Context, Work};

use crate::settings::{Settings, StartError};
use crate::store::Store;

/// How tokens are issued for a login, authenticated and revoked.
///
/// A function of the request, `fn(&RequestInfo) -> impl Strategy`, is one too: for example, one that returns a `Jwt` with the
/// secret of a tenant.
///
/// ```
/// use axum_users::store::Store;
/// use axum_users::strategy::{
///     Authentication, Context, Grant, Issued, Revoke, Session, Strategy, StrategyError, Work,
/// };
/// use axum_users::user::{AuthUser, UserId};
///
/// /// Tokens that an existing system issues and knows.
/// #[derive(Default)]
/// struct Tickets;
///
/// # impl Tickets {
/// #     async fn holder(&self, _: &str) -> Option<String> { None }
/// #     async fn sell(&self, _: String) -> String { String::new() }
/// #     async fn tear(&self, _: &str) {}
/// # }
/// impl<S: Store> Strategy<S> for Tickets {
///     async fn authenticate(
///         &self,
///         token: &str,
///         context: &Context<'_, S>,
///     ) -> Result<Authentication<S::User>, StrategyError> {
///         let Some(holder) = self.holder(token).await else { return Ok(Authentication::NotMine) };
///         let Some(id) = UserId::parse(&holder) else { return Ok(Authentication::NotMine) };
///         Ok(match context.store.user_by_id(id).await? {
///             Some(user) => Authentication::Authenticated(Session::from(user)),
///             None => Authentication::NotMine,
///         })
///     }
///
///     async fn issue(
///         &self,
///         grant: &Grant<'_, S::User>,
///         _: &Context<'_, S>,
///         _: &mut Work<'_, S>,
///     ) -> Result<Issued, StrategyError> {
///         Ok(Issued::new(self.sell(grant.user.id().to_string()).await))
///     }
///
///     async fn revoke(
///         &self,
///         which: Revoke<'_, S::User>,
///         _: &Context<'_, S>,
///         _: &mut Work<'_, S>,
///     ) -> Result<(), StrategyError> {
///         if let Revoke::Token { token, .. } = which {
///             self.tear(token).await;
///         }
///         Ok(())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a strategy for this app",
    label = "not a strategy",
    note = "a backend is `transport + strategy`: `Bearer + Jwt {{ lifetime: HOUR }}`, `Cookie + DatabaseSession`",
    note = "a strategy of your own implements `axum_users::strategy::Strategy<S>`"
)]
pub trait Strategy<S: Store>: Send + Sync + 'static {
    /// Checks the strategy's own settings when the app starts, and fills in what is left open.
    ///
    /// # Errors
    ///
    /// When they contradict each other.
    fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        let _ = settings;
        Ok(())
    }

    /// Returns whose session a token is of.
    fn authenticate(
        &self,
        token: &str,
        context: &Context<'_, S>,
    ) -> impl Future<Output = Result<Authentication<S::User>, StrategyError>> + Send;

    /// Issues a token for a user who has just proven who it is.
    ///
    /// The user may change meanwhile: a strategy stamps its tokens with [`Work::generation_for`] and reads them with
    /// [`user_unless_ended`](crate::store::Revocations::user_unless_ended), or writes them in a statement that checks the
    /// user's row as well.
    fn issue(
        &self,
        grant: &Grant<'_, S::User>,
        context: &Context<'_, S>,
        work: &mut Work<'_, S>,
    ) -> impl Future<Output = Result<Issued, StrategyError>> + Send;

    /// Revokes tokens.
    ///
    /// A strategy that writes to the store keeps the order of its locks: the user's row, then the session, then the mark of a
    /// token. What is kept elsewhere is deleted by [`Work::after_commit`].
    fn revoke(
        &self,
        which: Revoke<'_, S::User>,
        context: &Context<'_, S>,
        work: &mut Work<'_, S>,
    ) -> impl Future<Output = Result<(), StrategyError>> + Send;

    /// Returns what `token` says by itself, read without the store.
    fn claims(&self, token: &str, context: &Context<'_, S>) -> Option<SessionClaims> {
        let _ = (token, context);
        None
    }

    /// Returns whether there are tokens that say something by themselves, for documents.
    fn has_claims(&self) -> bool {
        false
    }
}
