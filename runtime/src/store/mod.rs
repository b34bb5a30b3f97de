//! What is asked of storage, as two traits with atomic operations. They know no database.
//!
//! [`diesel`] answers them on SQLite; an app may bring a store of its own.

#[cfg(feature = "diesel")]
pub mod diesel;
mod error;
mod migration;
mod provider_account;
mod report;
mod revocation;
#[cfg(feature = "redis")]
mod with_redis;

use std::future::Future;

pub use self::error::StoreError;
pub use self::migration::Migration;
pub use self::provider_account::{StoredAccount, TokenExpiry};
pub use self::report::{Finding, Remedy, Report, Severity};
pub use self::revocation::{Issued, TokenRecord};
#[cfg(feature = "redis")]
pub use self::with_redis::{WithRedis, WithRedisStore};
pub use crate::compat::Compat;

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::limit::{Counters, KnownClients};
use crate::secret::HashedPassword;
use crate::token::Generation;
use crate::user::{AuthUser, OAuthAccount, TypedEmail, UserChanges};

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
    type Store: Store<U>;

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
/// Addresses are compared without regard to case everywhere, as the database's own `lower` sees it: SQLite's knows
/// ASCII alone, so that `Ä@camelot.bt` and `ä@camelot.bt` are two addresses there.
pub trait Store<U: AuthUser>: Clone + Send + Sync + 'static {
    /// Several writes that are all made or none.
    type Transaction: Transaction<U>;

    /// Opens a transaction. Dropping it undoes it.
    fn begin(&self) -> impl Future<Output = Result<Self::Transaction, StoreError>> + Send;

    /// The user with this id.
    fn user_by_id(&self, id: U::Id) -> impl Future<Output = Result<Option<U>, StoreError>> + Send;

    /// The user whom `email` means: [`TypedEmail::find`] chooses among those whose stored email is one of its
    /// [`candidates`](TypedEmail::candidates), without regard to case. One query.
    fn user_by_email(&self, email: &TypedEmail)
    -> impl Future<Output = Result<Option<U>, StoreError>> + Send;

    /// Returns the user with this id, unless the token has been revoked: by its `digest`, or with all of the user's
    /// tokens since it was `issued`. One query.
    fn user_unless_ended(
        &self,
        id: U::Id,
        digest: &str,
        issued: Issued,
    ) -> impl Future<Output = Result<Option<U>, StoreError>> + Send;

    /// Returns the user with this id and the user's generation, both as of the same moment: a token that is issued for
    /// what this query found is revoked by everything that happens after it. One query.
    fn user_and_generation(
        &self,
        id: U::Id,
    ) -> impl Future<Output = Result<Option<(U, Generation)>, StoreError>> + Send;

    /// Returns the ids of all active superusers, in no order. It may read the whole table.
    fn active_superusers(&self) -> impl Future<Output = Result<Vec<U::Id>, StoreError>> + Send;

    /// The user of the access token with this key, and the token. One query.
    fn user_by_access_token(
        &self,
        key: &str,
    ) -> impl Future<Output = Result<Option<(U, AccessToken)>, StoreError>> + Send;

    /// The user who has the account `account_id` at the service `oauth_name`, both to the letter, and that account.
    /// One query.
    fn user_by_oauth_account(
        &self,
        oauth_name: &str,
        account_id: &str,
    ) -> impl Future<Output = Result<Option<Linked<U>>, StoreError>> + Send;

    /// The user's accounts at other services, in the order of their services' names and their ids there.
    fn oauth_accounts_of(
        &self,
        user: U::Id,
    ) -> impl Future<Output = Result<Vec<OAuthAccount<U::Id>>, StoreError>> + Send;

    /// Returns the account with this id, if it is this user's, and the turn of the node that renews its tokens. One query.
    fn stored_oauth_account(
        &self,
        id: U::Id,
        user: U::Id,
    ) -> impl Future<Output = Result<Option<StoredAccount<U::Id>>, StoreError>> + Send;

    /// Returns some of the stored password hashes: the first `most` and the last `most` in the order of the users' ids, so
    /// that the scan is bounded and all nodes see the same ones.
    ///
    /// The password of an unknown email is checked against hashes of the same kinds and costs, so that it takes as long as
    /// that of a known one. With a store that returns none, it is checked at the cost of new hashes.
    fn password_hashes(
        &self,
        most: u32,
    ) -> impl Future<Output = Result<Vec<HashedPassword>, StoreError>> + Send {
        let _ = most;
        async { Ok(Vec::new()) }
    }

    /// Remembers clients that have logged in, for all nodes that share the store; `None` where each node remembers in its
    /// own memory.
    fn known_clients(&self) -> Option<Arc<dyn KnownClients>> {
        None
    }

    /// What counts for the limits of all nodes that share the store; `None` where each node counts for itself.
    fn counters(&self) -> Option<Arc<dyn Counters>> {
        None
    }

    /// Deletes the rows that nobody needs any more: marks of revoked tokens, access tokens and counters that expired by
    /// `expired`, which is earlier than now, and access tokens without an end of their own that were made before
    /// `access_tokens_since`.
    ///
    /// It never deletes a user's generation: the user would be in generation 0 again, whose tokens have been revoked.
    fn purge(
        &self,
        expired: Timestamp,
        access_tokens_since: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// What of storage, as it is now, does not fit the user and the layout. It changes nothing.
    ///
    /// A store without a schema has nothing to say.
    fn check(&self) -> impl Future<Output = Result<Report, StoreError>> + Send {
        async { Ok(Report::default()) }
    }
}

/// A user, and an account at another service that is linked to it.
pub type Linked<U> = (U, OAuthAccount<<U as AuthUser>::Id>);

/// Several writes that are all made or none.
pub trait Transaction<U: AuthUser>: Send + Sized {
    /// What a hook within the transaction writes with.
    type Connection: Send;

    /// What a hook within the transaction writes with.
    ///
    /// # Errors
    ///
    /// When the transaction has ended.
    fn connection(&mut self) -> Result<&mut Self::Connection, StoreError>;

    /// Makes all writes last.
    fn commit(self) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Locks the rows of these users until the transaction ends, in the order of their ids whatever the order here, and
    /// returns those that are there as they are then. An id that stands twice counts once.
    ///
    /// It is the first statement of a transaction that needs it: every writer takes these locks before all others.
    fn lock_users(&mut self, ids: &[U::Id]) -> impl Future<Output = Result<Vec<U>, StoreError>> + Send;

    /// Returns whether a token of `user` is still valid by what the store knows of it. A caller that has locked the
    /// user's row can rely on it until its transaction ends.
    ///
    /// A [`TokenRecord::Elsewhere`] is valid: the store has no record of it.
    fn is_valid(
        &mut self,
        user: U::Id,
        token: &TokenRecord,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Writes a new user and gives it back with its id. [`StoreError::EmailTaken`] where its address is another's.
    fn insert_user(&mut self, user: U) -> impl Future<Output = Result<U, StoreError>> + Send;

    /// Writes `changes` in one statement and gives the user back, or `None` where there is none, or
    /// what `changes` expects no longer holds. [`StoreError::EmailTaken`] where the address is another's.
    fn update_user(
        &mut self,
        id: U::Id,
        changes: &UserChanges<'_, U>,
    ) -> impl Future<Output = Result<Option<U>, StoreError>> + Send;

    /// Deletes the user with all that hangs on it. Whether there was one.
    fn delete_user(&mut self, id: U::Id) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Writes an access token, if the user is active and still has `expected` for a password. Whether it did.
    ///
    /// Where several writers run at once it locks the user's row: else a change of the password might not see the token
    /// that it must end.
    fn insert_access_token(
        &mut self,
        key: &str,
        user: U::Id,
        token: &AccessToken,
        expected: &HashedPassword,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Deletes the access token with this key. Whether there was one.
    fn delete_access_token(&mut self, key: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Deletes a user's access tokens but the one with the key `except`.
    fn delete_access_tokens_of(
        &mut self,
        user: U::Id,
        except: Option<&str>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Sets the fingerprint of those of a user's access tokens that have `from` for one.
    fn restamp_access_tokens_of(
        &mut self,
        user: U::Id,
        from: &str,
        to: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Writes a new account and gives it back with its id. [`StoreError::AccountTaken`] where a user has it already.
    /// [`StoreError::Refused`] where there is no such user.
    fn insert_oauth_account(
        &mut self,
        account: OAuthAccount<U::Id>,
    ) -> impl Future<Output = Result<OAuthAccount<U::Id>, StoreError>> + Send;

    /// Writes `account`'s email and tokens into its row, if it is still the same user's and its access token, as it is
    /// stored, is still `expected`, where one is. Returns whether it did.
    ///
    /// An account without a refresh token leaves the stored one as it is: a provider need not return one each time. It is
    /// one statement, so that a refresh token that is stored at the same time is not lost.
    fn update_oauth_account(
        &mut self,
        account: &OAuthAccount<U::Id>,
        expected: Option<&str>,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Sets the expiry in `account`'s row to `to`, if the row still has the account's access token, as it is stored, and
    /// `from`. Returns whether it did. It is one statement: of many at once that have read the same, one does.
    ///
    /// A node that renews tokens takes its turn by it.
    fn swap_oauth_expiry(
        &mut self,
        account: &OAuthAccount<U::Id>,
        from: TokenExpiry,
        to: TokenExpiry,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Sets the refresh token in `account`'s row to the account's, if the account is still the same user's and its refresh
    /// token, as it is stored, is still `expected`. Returns whether it did. It is one statement: of many at once that have
    /// read the same, one does.
    ///
    /// A node that has renewed tokens keeps the new refresh token by it where a login has stored another access token
    /// meanwhile.
    fn swap_oauth_refresh_token(
        &mut self,
        account: &OAuthAccount<U::Id>,
        expected: &str,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Deletes an account, if it is this user's. Whether it was.
    fn delete_oauth_account(
        &mut self,
        id: U::Id,
        user: U::Id,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The user's accounts, as [`Store::oauth_accounts_of`] gives them, and what this transaction has written of them.
    ///
    /// Where several writers run at once it locks their rows: else of two that each take one away and leave the other,
    /// neither might see that both go.
    fn oauth_accounts_of(
        &mut self,
        user: U::Id,
    ) -> impl Future<Output = Result<Vec<OAuthAccount<U::Id>>, StoreError>> + Send;

    /// Ends a token for good. Whether this was the first to end it: of many at once, one is.
    fn end_token(
        &mut self,
        digest: &str,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Revokes all that the user was issued up to `ended_at`, and puts the user into the next generation: every token that
    /// carries an earlier one is revoked. The generation is kept for good, `ended_at` until `expires_at` at least.
    fn end_tokens_of(
        &mut self,
        user: U::Id,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// What an app keeps in storage beside its users and their tokens; by default nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tables {
    /// The accounts that users have at other services: the table `oauth_account`.
    pub oauth_accounts: bool,
    /// What is counted for limits: the table `limit_counter`.
    pub limit_counters: bool,
    /// Clients that are known at an account: the table `known_client`.
    pub known_clients: bool,
}

impl Tables {
    /// Nothing besides.
    pub const USERS: Self = Self { oauth_accounts: false, limit_counters: false, known_clients: false };
    /// Accounts at other services.
    pub const OAUTH_ACCOUNTS: Self = Self { oauth_accounts: true, ..Self::USERS };
    /// What is counted for limits.
    pub const LIMIT_COUNTERS: Self = Self { limit_counters: true, ..Self::USERS };
    /// Clients that are known at an account.
    pub const KNOWN_CLIENTS: Self = Self { known_clients: true, ..Self::USERS };
}

/// What is stored of an access token beside its key and its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessToken {
    /// In the own layout. The row contains its expiry.
    Own {
        /// When it was made.
        created_at: Timestamp,
        /// Until when it is good.
        expires_at: Timestamp,
        /// The fingerprint of the password hash that its user had.
        fingerprint: String,
    },
    /// Under `compat: FastApiUsers`. The lifetime of the backend that reads the row decides when it expires.
    FastApiUsers {
        /// When it was made.
        created_at: Timestamp,
    },
}
