//! How a sign-in's token is made, read and ended. It knows no HTTP but the request's head.

mod by_request;
mod database;
mod dynamic;
mod jwt;
#[cfg(feature = "redis")]
mod redis;
mod session;

use std::future::Future;
use std::sync::OnceLock;

pub use self::database::Database;
pub(crate) use self::dynamic::DynStrategy;
pub use self::jwt::{Jwt, SessionClaims};
#[cfg(feature = "redis")]
pub use self::redis::{ConnectedRedis, Redis};
pub use self::session::Session;

use crate::actor::{RequestInfo, RequestView};
use crate::compat::Compat;
use crate::event::Reason;
use crate::settings::{Settings, StartError};
use crate::store::{Store, StoreError};
use crate::token::{JwtError, digest};
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

/// How a random token is named where it is stored.
fn stored(token: &str, compat: Compat) -> String {
    if compat.rules().stores_digests { digest(token) } else { token.to_owned() }
}

/// What a strategy works with.
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Context<'a, S> {
    /// Where users and tokens are.
    pub store: &'a S,
    /// What the app goes by.
    pub settings: &'a Settings,
    request: RequestView<'a>,
    /// Why a token is not taken, as the first strategy says that knows it.
    pub(crate) refusal: OnceLock<Reason>,
}

impl<'a, S> Context<'a, S> {
    pub(crate) fn new(store: &'a S, settings: &'a Settings, request: impl Into<RequestView<'a>>) -> Self {
        Self { store, settings, request: request.into(), refusal: OnceLock::new() }
    }
}

impl<S> Context<'_, S> {
    /// Returns the request; empty for the app's own code.
    #[must_use]
    pub fn request(&self) -> &RequestInfo {
        self.request.get()
    }

    /// Says for the log why a token is no longer good. A strategy says nothing of one that is none of its own: it may be
    /// another backend's.
    pub fn refuse(&self, reason: Reason) {
        let _ = self.refusal.set(reason);
    }
}

/// Why a token could not be made, read or ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StrategyError {
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The user changed since the password was checked.
    #[error("the user changed while signing in")]
    UserChanged,
    /// A token could not be signed.
    #[error("a token could not be made")]
    Token(#[from] JwtError),
    /// The settings that a function of the request chose contradict each other.
    #[error("the strategy for this request can't be used")]
    Settings(#[source] StartError),
    /// What a strategy of the app's own keeps its tokens in is away: worth another try.
    #[error("the strategy's storage is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A strategy of the app's own failed.
    #[error("the strategy failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}
