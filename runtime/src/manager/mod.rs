//! The rules of users and accounts. It knows nothing of routes and status codes.

mod actor;
mod auth_app;
mod authenticate;
mod change_email;
mod check;
mod core;
mod decoys;
mod delete;
mod error;
mod forgot;
mod known;
mod last_superuser;
mod limits;
#[cfg(feature = "oauth")]
pub(crate) mod oauth;
mod password_rules;
mod policy;
mod purge;
mod register;
mod session;
mod told;
mod transaction_hook;
mod update;
mod verify;
mod write;

use self::auth_app::IdOf;
pub use self::auth_app::{AuthApp, ConnectionOf, StoreOf};
pub use self::authenticate::Credentials;
pub use self::core::{Core, OneTime};
pub(crate) use self::decoys::{NextCount, SCANNED};
pub use self::error::{Failure, ManagerError};
pub use self::policy::{NoEmail, Policy, Registration, VerifyEmail};
pub use self::session::{Authenticated, SignIn};
pub(crate) use self::transaction_hook::DEFAULT_TIMEOUT as TRANSACTION_HOOK_TIMEOUT;

use axum::http::Request;
use axum::http::request::Parts;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tracing::Instrument;

use crate::event::Cause;
use crate::hooks::HookResult;
use crate::store::Store;
use crate::user::{AuthUser, Email, OAuthAccount, TypedEmail};

/// Everything that can be done with an app's users, from a handler or from code of its own.
///
/// It is an extractor too: `manager: Manager<Camelot>`.
#[derive(Clone, Debug)]
pub struct Manager<A>(A);

impl<A: AuthApp> Manager<A> {
    /// The manager of `app`.
    pub fn new(app: A) -> Self {
        Self(app)
    }

    pub(crate) fn core(&self) -> &Core<A> {
        self.0.core()
    }

    /// The user with this id.
    ///
    /// # Errors
    ///
    /// When storage fails.
    pub async fn user_by_id(&self, id: <A::User as AuthUser>::Id) -> Result<Option<A::User>, ManagerError> {
        Ok(self.core().store.user_by_id(id).await?)
    }

    /// Returns the user with this email, without regard to case.
    ///
    /// # Errors
    ///
    /// When storage fails.
    pub async fn user_by_email(&self, email: &Email) -> Result<Option<A::User>, ManagerError> {
        self.user_by_typed_email(&TypedEmail::from(email)).await
    }

    /// Returns the user whose email was typed, however it was spelled and whether or not it parses.
    ///
    /// # Errors
    ///
    /// When storage fails.
    pub async fn user_by_typed_email(&self, email: &TypedEmail) -> Result<Option<A::User>, ManagerError> {
        let user = self.core().store.user_by_email(email).await?;
        // A store must not compare more loosely than the key that the limits go by.
        Ok(user.filter(|user| email.means(user.email())))
    }

    /// The accounts that `user` has at other services. Their tokens are as they are stored.
    ///
    /// # Errors
    ///
    /// When storage fails.
    pub async fn oauth_accounts(
        &self,
        user: &A::User,
    ) -> Result<Vec<OAuthAccount<<A::User as AuthUser>::Id>>, ManagerError> {
        Ok(self.core().store.oauth_accounts_of(user.id()).await?)
    }

    /// Does what must not be left half done where nobody waits for it any more: a client that hung up, say.
    async fn to_the_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, ManagerError>> + Send + 'static,
    ) -> Result<T, ManagerError> {
        // What is logged there is of the request's own span.
        let work = self.core().tasks.spawn(work.in_current_span());
        work.await.unwrap_or_else(|panic| Err(Failure::Panicked(panic).into()))
    }

    /// Runs a hook that sends mail, apart from the request that called for it.
    fn spawn<F>(&self, hook: &'static str, task: impl FnOnce(Self) -> F)
    where
        F: Future<Output = HookResult> + Send + 'static,
    {
        self.spawn_boxed(hook, task(self.clone()).boxed());
    }

    /// Of one type, whatever the hook: spawning a task of its own type takes a build longer than what the task does.
    fn spawn_boxed(&self, hook: &'static str, task: BoxFuture<'static, HookResult>) {
        self.core().tasks.spawn(async move { log(hook, task.await) }.in_current_span());
    }
}

/// The head of no request, for what the app's own code does. No limit holds for it.
#[must_use]
pub fn no_request() -> Parts {
    let mut request = Request::new(()).into_parts().0;
    request.extensions.insert(NoRequest);
    request
}

/// What tells the head of no request from a request that does not say where it comes from.
#[derive(Clone, Copy)]
struct NoRequest;

/// An error of a hook that ran after the commit undoes nothing: it is written down.
fn log(hook: &'static str, result: HookResult) {
    if let Err(error) = result {
        tracing::error!(hook, error = ?Cause(&*error), "a hook failed");
    }
}
