//! Storage: a trait of atomic operations for each subject, and [`Store`] and [`Transaction`], which bring them together. They
//! know no database.
//!
//! [`diesel`] implements them in SQL; an app may bring a store of its own.

#[macro_use]
mod capability;
#[macro_use]
mod delegation;
#[macro_use]
mod accounts;
#[macro_use]
mod revocation;
#[macro_use]
mod sessions;
#[macro_use]
mod users;

#[cfg(feature = "diesel")]
pub mod diesel;
mod error;
mod migration;
pub mod prelude;
mod provider_account;
mod report;
mod storage;
#[cfg(feature = "redis")]
mod with_redis;

use std::future::Future;

pub use self::accounts::{AccountWrites, Accounts};
pub use self::error::StoreError;
pub use self::migration::Migration;
pub use self::provider_account::{StoredAccount, TokenExpiry};
pub use self::report::{Finding, Remedy, SchemaReport, Severity};
pub use self::revocation::{Issuance, Mark, RevocationWrites, Revocations, TokenRecord};
pub use self::sessions::{
    NewSession, OwnSession, SessionId, SessionKey, SessionWrites, Sessions, StoredSession,
};
pub use self::storage::{IdOf, Linked, Storage};
pub use self::users::{UserWrites, Users};
#[cfg(feature = "redis")]
pub use self::with_redis::{WithRedis, WithRedisStore};
pub use crate::compat::Compat;

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::limit::{Counters, KnownClients};
use crate::user::AuthUser;

/// How a store is opened: the right-hand side of `database:` in `auth_app!`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no database for `{U}`",
    label = "not a database",
    note = "`database: Sqlite` is one (feature `sqlite`); a store of your own implements `axum_users::store::Database`"
)]
pub trait Database<U: AuthUser>: Send + Sync + 'static {
    /// What the app's configuration says of it: an address, say.
    type Config: Send + 'static;
    /// The store that it opens.
    type Store: Store<User = U>;

    /// Opens the store and makes what it lacks. What fits the user all the same or not, [`Store::check`] says.
    ///
    /// # Errors
    ///
    /// When it can't be reached, or its tables can't be made.
    fn open(
        self,
        config: Self::Config,
        compat: Compat,
        tables: Tables,
    ) -> impl Future<Output = Result<Self::Store, StoreError>> + Send;
}

/// A place that keeps users and their tokens. Clones share it.
///
/// Each subject is a trait of its own. A transaction has the traits that write, so that all writes are made together or not at
/// all.
pub trait Store: Users + Sessions + Revocations + Accounts + Clone + Sync + 'static {
    /// Several writes that are all made or none.
    type Transaction: Transaction<User = Self::User>;

    /// Begins a transaction. Dropping it undoes it.
    fn begin(&self) -> impl Future<Output = Result<Self::Transaction, StoreError>> + Send;

    /// Begins what has room for one statement that writes: a transaction, unless a statement is one by itself.
    fn begin_single(&self) -> impl Future<Output = Result<Self::Transaction, StoreError>> + Send {
        self.begin()
    }

    /// Returns what the store keeps beside users and their tokens. An app that needs more does not start.
    fn keeps(&self) -> Tables;

    /// Remembers clients that have logged in, for all nodes that share the store; `None` if each node remembers in its
    /// own memory.
    fn known_clients(&self) -> Option<Arc<dyn KnownClients>> {
        None
    }

    /// Counts for the limits of all nodes that share the store; `None` if each node counts for itself.
    fn counters(&self) -> Option<Arc<dyn Counters>> {
        None
    }

    /// Deletes the rows that nobody needs any more: marks of revoked tokens, sessions and counters that expired by
    /// `expired`, which is earlier than now, and sessions without an end of their own that were made before
    /// `sessions_since`.
    ///
    /// It never deletes a user's generation: the user would be in generation 0 again, whose tokens have been revoked.
    fn purge(
        &self,
        expired: Timestamp,
        sessions_since: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Returns what of storage, as it is now, does not fit the user and the layout. It changes nothing.
    ///
    /// A store without a schema has nothing to say.
    fn check(&self) -> impl Future<Output = Result<SchemaReport, StoreError>> + Send {
        async { Ok(SchemaReport::default()) }
    }
}

/// Several writes that are all made or none.
pub trait Transaction: UserWrites + SessionWrites + RevocationWrites + AccountWrites + Sized {
    /// The connection that a hook within the transaction writes with.
    type Connection: Send;

    /// Returns the connection that a hook within the transaction writes with.
    ///
    /// # Errors
    ///
    /// When the transaction has ended.
    fn connection(&mut self) -> Result<&mut Self::Connection, StoreError>;

    /// Makes all writes last.
    fn commit(self) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The tables of an app beside that of its users and those of their tokens: a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tables(u32);

impl Tables {
    /// No tables besides.
    pub const USERS: Self = Self(0);
    /// The accounts that users have at OAuth providers: the table `oauth_account`.
    pub const OAUTH_ACCOUNTS: Self = Self(1);
    /// The counters of rate limits: the table `limit_counter`.
    pub const LIMIT_COUNTERS: Self = Self(1 << 1);
    /// Clients that are known at an account: the table `known_client`.
    pub const KNOWN_CLIENTS: Self = Self(1 << 2);

    /// Returns these tables and `others`.
    #[must_use]
    pub const fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Returns these tables without `others`.
    #[must_use]
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Returns whether all of `others` are among these.
    #[must_use]
    pub const fn contains(self, others: Self) -> bool {
        others.without(self).0 == 0
    }
}

/// The tables whose condition is `true`.
impl<const N: usize> From<[(bool, Tables); N]> for Tables {
    fn from(wanted: [(bool, Tables); N]) -> Self {
        let wanted = wanted.into_iter().filter_map(|(is_wanted, tables)| is_wanted.then_some(tables));
        wanted.fold(Self::USERS, Self::with)
    }
}
