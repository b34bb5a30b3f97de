//! A transaction on whichever database it is, and its connection.

#[cfg(feature = "mysql")]
use super::super::mysql::{MysqlConnection, MysqlTransaction};
#[cfg(feature = "postgres")]
use super::super::postgres::{PostgresConnection, PostgresTransaction};
#[cfg(feature = "sqlite")]
use super::super::sqlite::{SqliteConnection, SqliteTransaction};
use super::rows::AnyRow;
use crate::clock::Timestamp;
use crate::secret::HashedPassword;
use crate::store::{AccessToken, StoreError, TokenExpiry, TokenRecord, Transaction};
use crate::user::{OAuthAccount, UserChanges};

/// A transaction on the database that the address named.
#[derive(Debug)]
pub struct AnyTransaction(pub(super) AnyConnection);

/// The connection of a transaction, as a hook gets it: that of the database that the address named.
#[derive(Debug)]
pub struct AnyConnection(pub(super) Transactions);

#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a transaction is not copied about, and a box would be one more allocation"
)]
pub(super) enum Transactions {
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteTransaction),
    #[cfg(feature = "postgres")]
    Postgres(PostgresTransaction),
    #[cfg(feature = "mysql")]
    Mysql(MysqlTransaction),
}

#[allow(
    unreachable_patterns,
    clippy::match_wildcard_for_single_variants,
    reason = "how many databases there are is the features' to say"
)]
impl AnyConnection {
    /// The connection, if the database is SQLite.
    #[cfg(feature = "sqlite")]
    pub fn sqlite(&mut self) -> Option<&mut SqliteConnection> {
        match &mut self.0 {
            Transactions::Sqlite(transaction) => transaction.open().ok(),
            _ => None,
        }
    }

    /// The connection, if the database is PostgreSQL.
    #[cfg(feature = "postgres")]
    pub fn postgres(&mut self) -> Option<&mut PostgresConnection> {
        match &mut self.0 {
            Transactions::Postgres(transaction) => transaction.open().ok(),
            _ => None,
        }
    }

    /// The connection, if the database is MySQL.
    #[cfg(feature = "mysql")]
    pub fn mysql(&mut self) -> Option<&mut MysqlConnection> {
        match &mut self.0 {
            Transactions::Mysql(transaction) => transaction.open().ok(),
            _ => None,
        }
    }
}

impl AnyTransaction {
    fn inner(&mut self) -> &mut Transactions {
        &mut self.0.0
    }
}

impl<U: AnyRow> Transaction<U> for AnyTransaction {
    type Connection = AnyConnection;

    fn connection(&mut self) -> Result<&mut AnyConnection, StoreError> {
        Ok(&mut self.0)
    }

    async fn commit(self) -> Result<(), StoreError> {
        each!(Transactions: self.0.0, transaction => transaction.finish().await)
    }

    async fn lock_users(&mut self, ids: &[U::Id]) -> Result<Vec<U>, StoreError> {
        each!(Transactions: self.inner(), transaction => transaction.lock_users(ids).await)
    }

    async fn is_valid(&mut self, user: U::Id, token: &TokenRecord) -> Result<bool, StoreError> {
        each!(Transactions: self.inner(), t => Transaction::<U>::is_valid(t, user, token).await)
    }

    async fn insert_user(&mut self, user: U) -> Result<U, StoreError> {
        each!(Transactions: self.inner(), transaction => transaction.insert_user(user).await)
    }

    async fn update_user(
        &mut self,
        id: U::Id,
        changes: &UserChanges<'_, U>,
    ) -> Result<Option<U>, StoreError> {
        each!(Transactions: self.inner(), transaction => transaction.update_user(id, changes).await)
    }

    async fn delete_user(&mut self, id: U::Id) -> Result<bool, StoreError> {
        each!(Transactions: self.inner(), t => Transaction::<U>::delete_user(t, id).await)
    }

    async fn insert_access_token(
        &mut self,
        key: &str,
        user: U::Id,
        token: &AccessToken,
        expected: &HashedPassword,
    ) -> Result<bool, StoreError> {
        each!(Transactions: self.inner(), t =>
            Transaction::<U>::insert_access_token(t, key, user, token, expected).await)
    }

    async fn delete_access_token(&mut self, key: &str) -> Result<bool, StoreError> {
        each!(Transactions: self.inner(), t => Transaction::<U>::delete_access_token(t, key).await)
    }

    async fn delete_access_tokens_of(&mut self, user: U::Id, except: Option<&str>) -> Result<(), StoreError> {
        each!(Transactions: self.inner(), t => Transaction::<U>::delete_access_tokens_of(t, user, except).await)
    }

    async fn restamp_access_tokens_of(
        &mut self,
        user: U::Id,
        from: &str,
        to: &str,
    ) -> Result<(), StoreError> {
        each!(Transactions: self.inner(), t =>
            Transaction::<U>::restamp_access_tokens_of(t, user, from, to).await)
    }

    async fn insert_oauth_account(
        &mut self,
        account: OAuthAccount<U::Id>,
    ) -> Result<OAuthAccount<U::Id>, StoreError> {
        each!(Transactions: self.inner(), t => Transaction::<U>::insert_oauth_account(t, account).await)
    }

    async fn update_oauth_account(
        &mut self,
        account: &OAuthAccount<U::Id>,
        expected: Option<&str>,
    ) -> Result<bool, StoreError> {
        each!(Transactions: self.inner(), t => Transaction::<U>::update_oauth_account(t, account, expected).await)
    }

    async fn swap_oauth_expiry(
        &mut self,
        account: &OAuthAccount<U::Id>,
        from: TokenExpiry,
        to: TokenExpiry,
    ) -> Result<bool, StoreError> {
        each!(Transactions: self.inner(), t => Transaction::<U>::swap_oauth_expiry(t, account, from, to).await)
    }

    async fn swap_oauth_refresh_token(
        &mut self,
        account: &OAuthAccount<U::Id>,
        expected: &str,
    ) -> Result<bool, StoreError> {
        each!(Transactions: self.inner(), t =>
            Transaction::<U>::swap_oauth_refresh_token(t, account, expected).await)
    }

    async fn delete_oauth_account(&mut self, id: U::Id, user: U::Id) -> Result<bool, StoreError> {
        each!(Transactions: self.inner(), t => Transaction::<U>::delete_oauth_account(t, id, user).await)
    }

    async fn oauth_accounts_of(&mut self, user: U::Id) -> Result<Vec<OAuthAccount<U::Id>>, StoreError> {
        each!(Transactions: self.inner(), t => Transaction::<U>::oauth_accounts_of(t, user).await)
    }

    async fn end_token(
        &mut self,
        digest: &str,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        each!(Transactions: self.inner(), t =>
            Transaction::<U>::end_token(t, digest, ended_at, expires_at).await)
    }

    async fn end_tokens_of(
        &mut self,
        user: U::Id,
        ended_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        each!(Transactions: self.inner(), t =>
            Transaction::<U>::end_tokens_of(t, user, ended_at, expires_at).await)
    }
}
