//! SQLite: embedded, in WAL mode, with foreign keys on and a small pool of connections.

mod transaction;

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::AnsiTransactionManager;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::Sqlite as Backend;
use diesel::{QueryResult, SqliteConnection as BlockingConnection};
use diesel_async::pooled_connection::deadpool::{Object, Pool, PoolError};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection, AsyncConnectionCore, SimpleAsyncConnection};
use futures_util::{FutureExt, StreamExt};
use tokio::sync::Semaphore;

pub use self::transaction::SqliteTransaction;

use crate::clock::Timestamp;
use crate::layout::Layout;
use crate::store::diesel::column::Dialect;
use crate::store::diesel::queries::Queries;
use crate::store::diesel::row::{Cells, UserRow};
use crate::store::diesel::schema::SchemaSql;
use crate::store::diesel::sql_types::Moment;
use crate::store::diesel::statement::{Id, Part, Statement, bind};
use crate::store::{AccessToken, Database, Store, StoreError};
use crate::user::{AuthUser, Email};

/// A connection to SQLite, as a hook within a transaction gets it.
pub type SqliteConnection = SyncConnectionWrapper<BlockingConnection>;

/// `database: Sqlite`. Its configuration is the file's address: `sqlite://app.db`, or a path. What `:memory:` holds is
/// gone with the app.
///
/// It wants tokio's multi-thread runtime: where a query is given up, diesel-async waits for it in a way that panics on a
/// current-thread one.
#[derive(Clone, Debug)]
pub struct Sqlite {
    /// The most connections that are open at once; one where the database is no file.
    pub connections: usize,
    /// How long a writer waits for another one.
    pub busy_timeout: Duration,
    /// How long a request waits for a connection.
    pub wait_timeout: Duration,
}

impl Sqlite {
    const DEFAULT: Self =
        Self { connections: 4, busy_timeout: Duration::from_secs(10), wait_timeout: Duration::from_secs(10) };
}

impl Default for Sqlite {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// `Sqlite` with its defaults, as a value.
#[expect(non_upper_case_globals, reason = "it reads like the struct that it is")]
#[doc(hidden)]
pub const Sqlite: Sqlite = Sqlite::DEFAULT;

impl<U: UserRow<Backend>> Database<U> for Sqlite {
    type Config = String;
    type Store = SqliteStore;

    async fn open(self, config: String, layout: Layout) -> Result<SqliteStore, StoreError> {
        let schema = SchemaSql::of::<U>(Dialect::Sqlite, layout);
        let path = config.strip_prefix("sqlite://").unwrap_or(&config).to_owned();
        let connections = if is_private(&path) { 1 } else { self.connections.max(1) };
        let mut manager = ManagerConfig::default();
        // A file does not hang up: a query that asks whether it is there would be one more for each of the app's.
        manager.recycling_method = RecyclingMethod::Fast;
        let busy_timeout = self.busy_timeout.as_millis();
        manager.custom_setup = Box::new(move |path| {
            let path = path.to_owned();
            async move {
                let mut connection = SqliteConnection::establish(&path).await?;
                // The timeout comes first: the change to WAL may itself have to wait.
                let setup = format!(
                    "PRAGMA busy_timeout = {busy_timeout}; PRAGMA journal_mode = WAL; \
                     PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;"
                );
                connection
                    .batch_execute(&setup)
                    .await
                    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                Ok(connection)
            }
            .boxed()
        });
        let manager = AsyncDieselConnectionManager::new_with_config(path, manager);
        let pool = Pool::builder(manager)
            .max_size(connections)
            .wait_timeout(Some(self.wait_timeout))
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(|error| StoreError::Failed(error.into()))?;
        let store = SqliteStore {
            pool,
            writer: Arc::new(Semaphore::new(1)),
            wait_timeout: self.wait_timeout,
            queries: Arc::new(Queries::new(&schema)),
            layout,
        };
        store.create(&schema).await?;
        Ok(store)
    }
}

/// Whether what one connection writes there is not what another one reads: a database in memory, or SQLite's own
/// temporary file.
fn is_private(path: &str) -> bool {
    let is_uri_of_memory =
        || path.starts_with("file:") && (path.contains(":memory:") || path.contains("mode=memory"));
    path.is_empty() || path == ":memory:" || is_uri_of_memory()
}

/// The most rows that one transaction of a clean-up deletes: requests that write wait for no more than these.
const PURGED_AT_ONCE: i64 = 1000;

/// Users and tokens in SQLite.
#[derive(Clone)]
pub struct SqliteStore {
    pool: Pool<SqliteConnection>,
    /// SQLite has one writer at a time. Those who wait for their turn here hold no connection, so reads go on.
    writer: Arc<Semaphore>,
    wait_timeout: Duration,
    queries: Arc<Queries>,
    layout: Layout,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").field("pool", &self.pool.status()).finish_non_exhaustive()
    }
}

impl SqliteStore {
    async fn connection(&self) -> Result<Object<SqliteConnection>, StoreError> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Timeout(_) | PoolError::Backend(_) => StoreError::Unavailable(error.into()),
            PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                StoreError::Failed(error.into())
            }
        })
    }

    /// Makes the tables that are missing; of several processes at once, one does.
    async fn create(&self, schema: &SchemaSql) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        for statement in schema.create() {
            transaction.open()?.batch_execute(&statement).await?;
        }
        transaction.finish().await
    }

    async fn write(&self) -> Result<SqliteTransaction, StoreError> {
        let turn = tokio::time::timeout(self.wait_timeout, Arc::clone(&self.writer).acquire_owned());
        let turn = turn
            .await
            .map_err(|elapsed| StoreError::Unavailable(elapsed.into()))?
            .map_err(|closed| StoreError::Failed(closed.into()))?;
        let mut transaction = SqliteTransaction {
            open: Some((self.connection().await?, turn)),
            queries: Arc::clone(&self.queries),
            layout: self.layout,
        };
        // Only now does it begin: whoever stops waiting for the file's lock leaves nothing behind.
        // A transaction that reads first and writes later fails at once when another one wrote in
        // between; one that takes the lock at its start waits its turn.
        transaction
            .open()?
            .spawn_blocking(|connection| {
                AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")
            })
            .await?;
        Ok(transaction)
    }

    /// Deletes what is of before `moment`, a few rows at a time: between them others have their turn.
    async fn purge_before(&self, sql: &str, moment: Timestamp) -> Result<(), StoreError> {
        let (moment, most) = (bind::<Moment, _>(&moment), bind::<BigInt, _>(&PURGED_AT_ONCE));
        loop {
            let mut transaction = self.write().await?;
            let deleted = execute(transaction.open()?, Statement::new(sql, vec![&moment, &most])).await?;
            transaction.finish().await?;
            if deleted == 0 {
                return Ok(());
            }
        }
    }

    async fn user<U: UserRow<Backend>>(
        &self,
        sql: &str,
        parts: Vec<&dyn Part<Backend>>,
    ) -> Result<Option<U>, StoreError> {
        Ok(first_user(&mut *self.connection().await?, Statement::new(sql, parts)).await?)
    }
}

/// The first row of an answer, as `read` sees it.
async fn first<T>(
    connection: &mut SqliteConnection,
    statement: Statement<'_, Backend>,
    read: impl FnOnce(&SqliteRow<'_>) -> diesel::deserialize::Result<T>,
) -> QueryResult<Option<T>> {
    let mut rows = connection.load(statement).await?;
    let Some(row) = rows.next().await.transpose()? else { return Ok(None) };
    read(&row).map(Some).map_err(diesel::result::Error::DeserializationError)
}

/// The row that a connection to SQLite hands out.
type SqliteRow<'a> = <SqliteConnection as AsyncConnectionCore>::Row<'a, 'a>;

async fn first_user<U: UserRow<Backend>>(
    connection: &mut SqliteConnection,
    statement: Statement<'_, Backend>,
) -> QueryResult<Option<U>> {
    first(connection, statement, |row| U::from_row(&mut Cells::new(row))).await
}

async fn execute(
    connection: &mut SqliteConnection,
    statement: Statement<'_, Backend>,
) -> Result<usize, StoreError> {
    Ok(connection.execute_returning_count(statement).await?)
}

impl<U: UserRow<Backend>> Store<U> for SqliteStore {
    type Transaction = SqliteTransaction;

    async fn begin(&self) -> Result<SqliteTransaction, StoreError> {
        self.write().await
    }

    async fn user_by_id(&self, id: U::Id) -> Result<Option<U>, StoreError> {
        self.user(&self.queries.user_by_id, vec![&Id::<U>(id)]).await
    }

    async fn user_by_email(&self, email: &Email) -> Result<Option<U>, StoreError> {
        self.user(&self.queries.user_by_email, vec![&bind::<Text, _>(email.as_str())]).await
    }

    async fn user_unless_ended(
        &self,
        id: U::Id,
        digest: &str,
        issued_at: Timestamp,
    ) -> Result<Option<U>, StoreError> {
        let all = all_tokens_of::<U>(id);
        let (id, digest, all) = (Id::<U>(id), bind::<Text, _>(digest), bind::<Text, _>(&*all));
        let issued_at = bind::<Moment, _>(&issued_at);
        self.user(&self.queries.user_unless_ended, vec![&id, &digest, &all, &issued_at]).await
    }

    async fn user_by_access_token(&self, key: &str) -> Result<Option<(U, AccessToken)>, StoreError> {
        let layout = self.layout;
        let key = bind::<Text, _>(key);
        let statement = Statement::new(&self.queries.user_by_access_token, vec![&key]);
        let mut connection = self.connection().await?;
        let found = first(&mut connection, statement, |row| {
            let mut cells = Cells::new(row);
            let user = U::from_row(&mut cells)?;
            let moment = cells.take::<Moment, _>()?;
            let token = match layout {
                Layout::Own => AccessToken::Own { expires_at: moment, fingerprint: cells.take::<Text, _>()? },
                Layout::FastApiUsers => AccessToken::FastApiUsers { created_at: moment },
            };
            Ok((user, token))
        });
        Ok(found.await?)
    }

    async fn purge(&self, now: Timestamp, access_tokens_since: Timestamp) -> Result<(), StoreError> {
        self.purge_before(&self.queries.purge_ended_tokens, now).await?;
        let access_tokens_before = match self.layout {
            Layout::Own => now,
            Layout::FastApiUsers => access_tokens_since,
        };
        self.purge_before(&self.queries.purge_access_tokens, access_tokens_before).await
    }
}

/// The key under which all of a user's tokens are ended.
fn all_tokens_of<U: AuthUser>(id: U::Id) -> String {
    format!("user:{id}")
}
