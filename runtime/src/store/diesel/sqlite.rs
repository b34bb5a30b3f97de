//! SQLite: embedded, in WAL mode, with foreign keys on and a small pool of connections.

use std::time::{Duration, Instant};

use diesel::QueryResult;
use diesel::connection::AnsiTransactionManager;
use diesel::result::Error;
use diesel::sqlite::Sqlite as Backend;
use diesel::{ConnectionError, ConnectionResult, SqliteConnection as BlockingConnection};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::connection::DatabaseConnection;
use super::dialect::Dialect;
use super::pool::{PoolLimits, pool};
use super::row::UserRow;
use super::schema::SchemaSql;
use super::sql_store::{SqlStore, Writer};
use super::transaction::SqlTransaction;
use crate::layout::Layout;
use crate::store::{Database, StoreError, Tables};

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
    /// Whether the app makes what its schema lacks when it starts.
    pub migrate: bool,
}

impl Sqlite {
    const DEFAULT: Self = Self {
        connections: 4,
        busy_timeout: Duration::from_secs(10),
        wait_timeout: Duration::from_secs(10),
        migrate: true,
    };
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

/// Users and tokens in SQLite.
pub type SqliteStore = SqlStore<SqliteConnection>;
/// A transaction on SQLite.
pub type SqliteTransaction = SqlTransaction<SqliteConnection>;

impl DatabaseConnection for SqliteConnection {
    /// It may be all that there is of a database in memory.
    const IS_REPLACEABLE: bool = false;

    /// A transaction that reads first and writes later fails at once when another one wrote in between; one that takes
    /// the lock at its start waits its turn.
    async fn begin(&mut self) -> QueryResult<()> {
        self.spawn_blocking(|connection| {
            AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")
        })
        .await
    }
}

impl<U: UserRow<Backend>> Database<U> for Sqlite {
    type Config = String;
    type Store = SqliteStore;

    async fn open(self, config: String, layout: Layout, tables: Tables) -> Result<SqliteStore, StoreError> {
        self.open_schema(config, SchemaSql::of::<U>(Dialect::Sqlite, layout).with(tables)).await
    }
}

impl Sqlite {
    /// In a box it is compiled in this crate: what an app awaits is else compiled there, with each change of its user.
    fn open_schema(
        self,
        config: String,
        schema: SchemaSql,
    ) -> BoxFuture<'static, Result<SqliteStore, StoreError>> {
        async move {
            let path = config.strip_prefix("sqlite://").unwrap_or(&config).to_owned();
            let limits = PoolLimits {
                connections: if is_private(&path) { 1 } else { self.connections },
                wait_timeout: self.wait_timeout,
                // The change to WAL may have to wait for a writer.
                connect_timeout: self.busy_timeout + self.wait_timeout,
                response_timeout: None,
                // A file does not hang up.
                idle_check: None,
            };
            let pool = pool(limits, move || connect(path.clone(), self.busy_timeout).boxed())?;
            SqlStore::open(pool, Some(Writer::new(self.wait_timeout)), schema, self.migrate).await
        }
        .boxed()
    }
}

async fn connect(path: String, busy_timeout: Duration) -> ConnectionResult<SqliteConnection> {
    let mut connection = SqliteConnection::establish(&path).await?;
    // The timeout comes first: the change to WAL may itself have to wait.
    let setup = format!(
        "PRAGMA busy_timeout = {}; PRAGMA journal_mode = WAL; \
         PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;",
        busy_timeout.as_millis()
    );
    let end = Instant::now() + busy_timeout;
    loop {
        match connection.batch_execute(&setup).await {
            Ok(()) => return Ok(connection),
            // Of two that change a new file to WAL at once, SQLite turns one away without any wait.
            Err(error) if is_locked(&error) && Instant::now() < end => tokio::time::sleep(PAUSE).await,
            Err(error) => return Err(ConnectionError::CouldntSetupConfiguration(error)),
        }
    }
}

/// Between two attempts to change a file to WAL.
const PAUSE: Duration = Duration::from_millis(5);

fn is_locked(error: &Error) -> bool {
    matches!(error, Error::DatabaseError(_, information) if information.message() == "database is locked")
}

/// Whether what one connection writes there is not what another one reads: a database in memory, or SQLite's own
/// temporary file.
fn is_private(path: &str) -> bool {
    let is_uri_of_memory =
        || path.starts_with("file:") && (path.contains(":memory:") || path.contains("mode=memory"));
    path.is_empty() || path == ":memory:" || is_uri_of_memory()
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinSet;

    use super::*;

    /// As nodes do that start together for the first time.
    #[tokio::test(flavor = "multi_thread")]
    async fn many_open_a_new_file_at_once() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for round in 0..25 {
            let path = folder.path().join(format!("{round}.db")).display().to_string();
            let mut opened = JoinSet::new();
            for _ in 0..8 {
                opened.spawn(connect(path.clone(), Duration::from_secs(10)));
            }
            for connection in opened.join_all().await {
                connection.map(drop).expect("a connection");
            }
        }
    }
}
