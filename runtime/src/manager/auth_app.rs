//! The app type, which `auth_app!` implements, and the parts of a running app.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::TaskTracker;

use super::next_count::NextCount;
use super::policy::Policy;
use crate::backend::{Backend, BackendName};
use crate::event::Floods;
use crate::hooks::{DynHooks, DynTransactionHooks};
use crate::limit::Limiter;
#[cfg(feature = "oauth")]
use crate::oauth::OAuth;
use crate::password::{Decoys, DynBreachedPasswords, HashingPool};
use crate::settings::Settings;
use crate::store::{Database, Finding, Store, Transaction};
use crate::token::OneTimeKeys;
use crate::user::AuthUser;
use crate::work::Work;

/// An app with users. `auth_app!` implements it; it is the one type parameter of everything above.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an app with users",
    label = "not made by `auth_app!`",
    note = "name the struct of your `auth_app! {{ pub struct Camelot {{ … }} }}`"
)]
pub trait AuthApp: Clone + Send + Sync + 'static {
    /// The app's user.
    type User: AuthUser;
    /// The app's name: that of its type.
    #[doc(hidden)]
    const NAME: &'static str;
    /// Where users and tokens are.
    type Database: Database<Self::User>;

    /// The handle of the running app.
    #[doc(hidden)]
    fn handle(&self) -> &Handle<Self>;

    /// The type that stands for the running app.
    #[doc(hidden)]
    fn from_handle(handle: Handle<Self>) -> Self;

    /// The running app.
    #[doc(hidden)]
    fn core(&self) -> &Core<Self> {
        self.handle().0.core()
    }

    /// Waits until every hook that runs off its request has run, for a shutdown that loses no mail.
    fn drain(&self) -> impl Future<Output = ()> + Send {
        async {
            let tasks = &self.core().tasks;
            tasks.close();
            tasks.wait().await;
            tasks.reopen();
        }
    }
}

/// A running app, behind a pointer that names no type of its parts: an app is `Clone`, `Send` and `Sync` whatever they
/// are, and rustc reports a mistake in one of them where it is, and not for each use of the app.
pub struct Handle<A>(Arc<dyn Running<A>>);

impl<A: AuthApp> Handle<A> {
    pub(crate) fn new(core: Core<A>) -> Self {
        Self(Arc::new(core))
    }
}

impl<A> Clone for Handle<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A> std::fmt::Debug for Handle<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What lies behind a [`Handle`].
trait Running<A>: std::fmt::Debug + Send + Sync {
    fn core(&self) -> &Core<A>
    where
        A: AuthApp;
}

impl<A: AuthApp> Running<A> for Core<A> {
    fn core(&self) -> &Self {
        self
    }
}

/// The store of an app.
pub type StoreOf<A> = <<A as AuthApp>::Database as Database<<A as AuthApp>::User>>::Store;

/// A unit of work in an app's store.
pub(super) type WorkOf<'w, A> = Work<'w, StoreOf<A>>;

/// What identifies an app's users.
pub(super) type IdOf<A> = <<A as AuthApp>::User as AuthUser>::Id;

/// What an app's transaction hooks write with.
pub type ConnectionOf<A> = <<StoreOf<A> as Store>::Transaction as Transaction>::Connection;

/// A running app: its parts, which everything else borrows.
pub struct Core<A: AuthApp> {
    pub(crate) store: StoreOf<A>,
    /// Warnings about the settings.
    pub(crate) findings: Vec<Finding>,
    pub(crate) limiter: Limiter,
    /// Sign the cookies of clients that have logged in.
    pub(crate) known_clients: OneTimeKeys,
    pub(crate) floods: Floods,
    pub(crate) hooks: Box<dyn DynHooks<A::User>>,
    pub(crate) transaction_hooks: Box<dyn DynTransactionHooks<A::User, ConnectionOf<A>>>,
    /// `true` if the app has transaction hooks.
    pub(crate) has_transaction_hooks: bool,
    /// How long a hook within a transaction may take.
    pub(crate) transaction_hook_timeout: Duration,
    pub(crate) settings: Settings,
    pub(crate) policy: Policy,
    pub(crate) one_time: OneTime,
    pub(crate) pool: HashingPool,
    /// The list of breached passwords, where the app checks it.
    pub(crate) breached: Option<Box<dyn DynBreachedPasswords>>,
    /// Hashes to check the password of an unknown user against, so that it takes as long.
    pub(crate) decoys: Decoys,
    /// When the stored hashes are counted again for them.
    pub(crate) next_count: NextCount,
    pub(crate) backends: Vec<Backend<StoreOf<A>>>,
    #[cfg(feature = "oauth")]
    pub(crate) oauth: Option<OAuth>,
    pub(crate) tasks: TaskTracker,
}

/// The keys of one-time tokens, by what they are for.
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct OneTime {
    pub(crate) reset: OneTimeKeys,
    pub(crate) verify: OneTimeKeys,
    pub(crate) change_email: OneTimeKeys,
}

impl<A: AuthApp> std::fmt::Debug for Core<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core")
            .field("policy", &self.policy)
            .field("backends", &self.backends)
            .finish_non_exhaustive()
    }
}

impl<A: AuthApp> Core<A> {
    pub(crate) fn backend(&self, name: BackendName) -> Option<&Backend<StoreOf<A>>> {
        self.backends.iter().find(|backend| backend.name == name)
    }

    /// Whether users may have OAuth accounts, and so storage a table for them.
    #[cfg_attr(
        not(feature = "oauth"),
        expect(clippy::unused_self, reason = "without clients the type tells")
    )]
    pub(crate) fn has_accounts(&self) -> bool {
        let has_clients = false;
        #[cfg(feature = "oauth")]
        let has_clients = has_clients || self.oauth.is_some();
        has_clients || A::User::SHOWS_OAUTH_ACCOUNTS
    }
}
