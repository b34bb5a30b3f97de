//! The rules of users and accounts. It knows nothing of routes and status codes.

mod auth_app;
mod authenticate;
mod authority;
mod change_email;
mod check;
mod decoys;
mod delete;
mod error;
mod forgot;
mod happened;
mod known;
mod last_superuser;
mod limits;
mod next_count;
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

pub use self::auth_app::{AuthApp, ConnectionOf, Core, Handle, OneTime, StoreOf};
use self::auth_app::{IdOf, WorkOf};
pub use self::authenticate::Credentials;
pub(crate) use self::decoys::SCANNED;
pub use self::error::{Failure, ManagerError};
pub(crate) use self::next_count::NextCount;
pub use self::policy::{MissingEmail, Policy, Registration, VerifyEmail};
pub use self::session::{Authenticated, SignIn, SignedIn};
pub(crate) use self::transaction_hook::DEFAULT_TIMEOUT as TRANSACTION_HOOK_TIMEOUT;
pub use self::verify::Proof;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tracing::Instrument;

use crate::actor::{Actor, RequestInfo};
use crate::event::Cause;
use crate::hooks::HookResult;
use crate::session::BackendName;
use crate::store::{Accounts as _, UserWrites as _, Users as _};
use crate::strategy::Context;
use crate::user::{AuthUser, Email, OAuthAccount, TypedEmail};
use crate::work::Work;

/// Everything that can be done with an app's users, from a handler or from code of its own.
///
/// It is an extractor too: `manager: Manager<Camelot>`.
#[derive(Clone, Debug)]
pub struct Manager<A> {
    app: A,
    actor: Actor,
}

impl<A: AuthApp> Manager<A> {
    /// Returns the manager for code of the app's own: a job, a command, a test.
    ///
    /// No rate limit and no cross-site check applies to it, and hooks see no request. A handler takes `Manager<A>` as an
    /// argument instead: that one acts for the client.
    pub fn for_code(app: A) -> Self {
        Self { app, actor: Actor::code("app") }
    }

    /// Returns the manager of `app` for an actor.
    pub fn acting(app: A, actor: Actor) -> Self {
        Self { app, actor }
    }

    /// Returns who acts through this manager.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The request as hooks see it.
    fn info(&self) -> &RequestInfo {
        self.actor.request()
    }

    pub(crate) fn app(&self) -> &A {
        &self.app
    }

    pub(crate) fn core(&self) -> &Core<A> {
        self.app.core()
    }

    /// Returns work of several statements.
    fn work(&self) -> WorkOf<'_, A> {
        Work::new(&self.core().store, &self.actor)
    }

    /// Returns work that is one statement, with which no hook writes.
    fn single_work(&self) -> WorkOf<'_, A> {
        Work::single(&self.core().store, &self.actor)
    }

    /// Returns work on what is `user`'s that is one statement, unless a hook writes with it. The hook may write the user's row,
    /// too, so that is locked first: two that had only read it would wait for each other.
    async fn work_of_one(&self, user: IdOf<A>) -> Result<WorkOf<'_, A>, ManagerError> {
        if !self.core().has_transaction_hooks {
            return Ok(self.single_work());
        }
        let mut work = self.work();
        work.lock_users(&[user]).await?;
        Ok(work)
    }

    /// Returns what the strategy of a backend works with.
    fn context(&self, backend: BackendName) -> Context<'_, StoreOf<A>> {
        let Core { store, settings, .. } = self.core();
        Context::new(store, settings, backend, &self.actor)
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

    /// Runs `work` to completion even if the client disconnects. It is boxed so that the futures of an app's handlers stay small,
    /// to the compiler as well.
    async fn to_the_end<T: Send + 'static>(
        &self,
        work: BoxFuture<'static, Result<T, ManagerError>>,
    ) -> Result<T, ManagerError> {
        // Its log lines belong to the request's own span.
        let work = self.core().tasks.spawn(work.in_current_span());
        work.await.unwrap_or_else(|panic| Err(Failure::Panicked(panic.into()).into()))
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

/// An error of a hook that ran after the commit undoes nothing: it is written down.
pub(crate) fn log(hook: &'static str, result: HookResult) {
    if let Err(error) = result {
        tracing::error!(hook, error = ?Cause(&*error), "a hook failed");
    }
}
