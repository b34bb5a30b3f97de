//! Whichever of the enabled databases the address names, chosen when the app starts.

use std::sync::Arc;

use super::backend::SqlBackend;
use super::database_url::DatabaseUrl;
use super::dialect::Dialect;
#[cfg(feature = "mysql")]
use super::mysql::{Mysql, MysqlConnection, MysqlStore, MysqlTransaction};
#[cfg(feature = "postgres")]
use super::postgres::{Postgres, PostgresConnection, PostgresStore, PostgresTransaction};
use super::row::UserRow;
#[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
use super::row::UserTable;
use super::schema::SchemaSql;
#[cfg(feature = "sqlite")]
use super::sqlite::{Sqlite, SqliteConnection, SqliteStore, SqliteTransaction};
use crate::clock::Timestamp;
use crate::compat::Compat;
use crate::limit::{Counters, KnownClients};
use crate::secret::HashedPassword;
use crate::store::{
    AccessToken, Database, Issued, Linked, Report, Store, StoreError, StoredAccount, Tables, TokenExpiry,
    TokenRecord, Transaction,
};
use crate::token::Generation;
use crate::user::{OAuthAccount, TypedEmail, UserChanges};

/// `database: AnyDatabase`: the scheme of its URL says which database it is: `sqlite://`, `postgresql://` or `mysql://`.
///
/// Its settings are set by methods: `AnyDatabase.sqlite(Sqlite { connections: 8, ..Sqlite })`.
///
/// An app that knows its database names it instead, and its hooks get that database's connection itself.
#[derive(Clone, Debug)]
pub struct AnyDatabase {
    #[cfg(feature = "sqlite")]
    sqlite: Sqlite,
    #[cfg(feature = "postgres")]
    postgres: Postgres,
    #[cfg(feature = "mysql")]
    mysql: Mysql,
}

impl AnyDatabase {
    /// Sets how SQLite is opened.
    #[cfg(feature = "sqlite")]
    #[must_use]
    pub fn sqlite(mut self, sqlite: Sqlite) -> Self {
        self.sqlite = sqlite;
        self
    }

    /// Sets how PostgreSQL is reached.
    #[cfg(feature = "postgres")]
    #[must_use]
    pub fn postgres(mut self, postgres: Postgres) -> Self {
        self.postgres = postgres;
        self
    }

    /// Sets how MySQL or MariaDB is reached.
    #[cfg(feature = "mysql")]
    #[must_use]
    pub fn mysql(mut self, mysql: Mysql) -> Self {
        self.mysql = mysql;
        self
    }

    const DEFAULT: Self = Self {
        #[cfg(feature = "sqlite")]
        sqlite: Sqlite,
        #[cfg(feature = "postgres")]
        postgres: Postgres,
        #[cfg(feature = "mysql")]
        mysql: Mysql,
    };
}

impl Default for AnyDatabase {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// `AnyDatabase` with its defaults, as a value.
#[expect(non_upper_case_globals, reason = "it reads like the struct that it is")]
#[doc(hidden)]
pub const AnyDatabase: AnyDatabase = AnyDatabase::DEFAULT;

/// A user that lies in a table of each enabled database. `#[derive(AuthUser)]` sees to it.
pub trait AnyRow: SqliteRow + PostgresRow + MysqlRow {}
impl<U: SqliteRow + PostgresRow + MysqlRow> AnyRow for U {}

/// What `AnyRow` asks of a user for one database: nothing, where that one is not enabled.
macro_rules! row_of {
    ($feature:literal, $name:ident, $backend:path) => {
        #[cfg(feature = $feature)]
        #[doc(hidden)]
        pub trait $name: UserRow<$backend> {}
        #[cfg(feature = $feature)]
        impl<U: UserRow<$backend>> $name for U {}
        #[cfg(not(feature = $feature))]
        #[doc(hidden)]
        pub trait $name: UserTable {}
        #[cfg(not(feature = $feature))]
        impl<U: UserTable> $name for U {}
    };
}

row_of!("sqlite", SqliteRow, diesel::sqlite::Sqlite);
row_of!("postgres", PostgresRow, diesel::pg::Pg);
row_of!("mysql", MysqlRow, diesel::mysql::Mysql);

/// Users and tokens in the database that the address named.
#[derive(Clone, Debug)]
pub struct AnyStore(Stores);

#[derive(Clone, Debug)]
enum Stores {
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteStore),
    #[cfg(feature = "postgres")]
    Postgres(PostgresStore),
    #[cfg(feature = "mysql")]
    Mysql(MysqlStore),
}

/// A transaction on the database that the address named.
#[derive(Debug)]
pub struct AnyTransaction(AnyConnection);

/// The connection of a transaction, as a hook gets it: that of the database that the address named.
#[derive(Debug)]
pub struct AnyConnection(Transactions);

#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a transaction is not copied about, and a box would be one more allocation"
)]
enum Transactions {
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

/// The same for each database.
macro_rules! each {
    ($any:ident: $value:expr, $one:ident => $body:expr) => {
        match $value {
            #[cfg(feature = "sqlite")]
            $any::Sqlite($one) => $body,
            #[cfg(feature = "postgres")]
            $any::Postgres($one) => $body,
            #[cfg(feature = "mysql")]
            $any::Mysql($one) => $body,
        }
    };
}

impl<U: AnyRow> Database<U> for AnyDatabase {
    type Config = DatabaseUrl;
    type Store = AnyStore;

    async fn open(self, config: DatabaseUrl, compat: Compat, tables: Tables) -> Result<AnyStore, StoreError> {
        let store = match config.scheme() {
            // Without a scheme it is the path of a file.
            #[cfg(feature = "sqlite")]
            Some("sqlite") | None => {
                has_table::<U, diesel::sqlite::Sqlite>("diesel::sqlite::Sqlite")?;
                let schema = SchemaSql::of::<U>(Dialect::Sqlite, compat).with(tables);
                Stores::Sqlite(self.sqlite.open_schema(config, schema).await?)
            }
            #[cfg(feature = "postgres")]
            Some("postgres" | "postgresql") => {
                has_table::<U, diesel::pg::Pg>("diesel::pg::Pg")?;
                let schema = SchemaSql::of::<U>(Dialect::Postgres, compat).with(tables);
                Stores::Postgres(self.postgres.open_schema(config, schema).await?)
            }
            #[cfg(feature = "mysql")]
            Some("mysql") => {
                has_table::<U, diesel::mysql::Mysql>("diesel::mysql::Mysql")?;
                let schema = SchemaSql::of::<U>(Dialect::Mysql, compat).with(tables);
                Stores::Mysql(self.mysql.open_schema(config, schema).await?)
            }
            _ => {
                let why = format!("expected a database URL that begins with {}", SCHEMES.join(" or "));
                return Err(StoreError::Failed(why.into()));
            }
        };
        Ok(AnyStore(store))
    }
}

/// Refuses a database in which `U` has no table, for its `check_for_backend` names others alone.
fn has_table<U: UserRow<DB>, DB: SqlBackend>(database: &str) -> Result<(), StoreError> {
    if U::HAS_TABLE {
        return Ok(());
    }
    let user = std::any::type_name::<U>().rsplit("::").next().unwrap_or_default();
    Err(StoreError::Failed(
        format!("`{user}` has no table in the database of the URL\nhelp: add `{database}` to its `check_for_backend`")
            .into(),
    ))
}

/// How the URLs of the enabled databases begin.
const SCHEMES: &[&str] = &[
    #[cfg(feature = "sqlite")]
    "sqlite://",
    #[cfg(feature = "postgres")]
    "postgresql://",
    #[cfg(feature = "mysql")]
    "mysql://",
];

impl<U: AnyRow> Store<U> for AnyStore {
    type Transaction = AnyTransaction;

    async fn begin(&self) -> Result<AnyTransaction, StoreError> {
        let transaction = match &self.0 {
            #[cfg(feature = "sqlite")]
            Stores::Sqlite(store) => Transactions::Sqlite(store.write().await?),
            #[cfg(feature = "postgres")]
            Stores::Postgres(store) => Transactions::Postgres(store.write().await?),
            #[cfg(feature = "mysql")]
            Stores::Mysql(store) => Transactions::Mysql(store.write().await?),
        };
        Ok(AnyTransaction(AnyConnection(transaction)))
    }

    async fn user_by_id(&self, id: U::Id) -> Result<Option<U>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::user_by_id(store, id).await)
    }

    async fn password_hashes(&self, most: u32) -> Result<Vec<HashedPassword>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::password_hashes(store, most).await)
    }

    async fn user_by_email(&self, email: &TypedEmail) -> Result<Option<U>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::user_by_email(store, email).await)
    }

    async fn user_unless_ended(
        &self,
        id: U::Id,
        digest: &str,
        issued: Issued,
    ) -> Result<Option<U>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::user_unless_ended(store, id, digest, issued).await)
    }

    async fn user_and_generation(&self, id: U::Id) -> Result<Option<(U, Generation)>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::user_and_generation(store, id).await)
    }

    async fn active_superusers(&self) -> Result<Vec<U::Id>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::active_superusers(store).await)
    }

    async fn user_by_access_token(&self, key: &str) -> Result<Option<(U, AccessToken)>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::user_by_access_token(store, key).await)
    }

    async fn user_by_oauth_account(
        &self,
        oauth_name: &str,
        account_id: &str,
    ) -> Result<Option<Linked<U>>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::user_by_oauth_account(store, oauth_name, account_id).await)
    }

    async fn oauth_accounts_of(&self, user: U::Id) -> Result<Vec<OAuthAccount<U::Id>>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::oauth_accounts_of(store, user).await)
    }

    async fn stored_oauth_account(
        &self,
        id: U::Id,
        user: U::Id,
    ) -> Result<Option<StoredAccount<U::Id>>, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::stored_oauth_account(store, id, user).await)
    }

    fn counters(&self) -> Option<Arc<dyn Counters>> {
        each!(Stores: &self.0, store => Store::<U>::counters(store))
    }

    fn known_clients(&self) -> Option<Arc<dyn KnownClients>> {
        each!(Stores: &self.0, store => Store::<U>::known_clients(store))
    }

    async fn purge(&self, now: Timestamp, access_tokens_since: Timestamp) -> Result<(), StoreError> {
        each!(Stores: &self.0, store => Store::<U>::purge(store, now, access_tokens_since).await)
    }

    async fn check(&self) -> Result<Report, StoreError> {
        each!(Stores: &self.0, store => Store::<U>::check(store).await)
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
