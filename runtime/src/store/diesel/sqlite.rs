//! SQLite: embedded, in WAL mode, with foreign keys on and a small pool of connections.

use std::path::Path;
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
use super::database::{SqlDatabase, Writer};
use super::database_url::DatabaseUrl;
use super::dialect::Dialect;
use super::pool::{PoolLimits, pool};
use super::row::TableIn;
use super::schema::SchemaSql;
use super::sql_store::{SqlStore, SqlTransaction};
use super::sqlite_url::SqliteUrl;
use crate::compat::Compat;
use crate::setters::settings;
use crate::store::{Database, StoreError, Tables};

/// A connection to SQLite, as a hook within a transaction gets it.
pub type SqliteConnection = SyncConnectionWrapper<BlockingConnection>;

settings! {
    /// `database: Sqlite`. Its configuration is a URL, or the path of a file:
    ///
    /// | URL | file |
    /// | --- | --- |
    /// | `sqlite://app.db`, `sqlite:///./app.db`, `app.db` | relative to the working directory |
    /// | `sqlite:////var/lib/app.db`, `sqlite:///var/lib/app.db`, `/var/lib/app.db` | absolute |
    ///
    /// `sqlite:///app.db` is an error unless the file `/app.db` exists, because other programs read it either way. URLs that name no file or `:memory:` are
    /// errors too; tests use `testing::in_memory()`. Known parameters are SQLite's `mode` (`ro`, `rw`, `rwc`), `cache` and
    /// `immutable`. With `cache=shared` the app opens one connection.
    ///
    /// It wants tokio's multi-thread runtime: where a query is given up, diesel-async waits for it in a way that panics on a
    /// current-thread one.
    #[derive(Clone, Debug)]
    pub struct Sqlite {
        /// The most connections that are open at once; one where the database is no file.
        pub connections: usize = 4,
        /// How long a writer waits for another one.
        pub busy_timeout: Duration = Duration::from_secs(10),
        /// How long a request waits for a connection.
        pub wait_timeout: Duration = Duration::from_secs(10),
        /// Whether the app makes what its schema lacks when it starts.
        pub migrate: bool = true,
    }
}

/// Users and tokens in SQLite.
pub type SqliteStore<U> = SqlStore<SqliteConnection, U>;
/// A transaction on SQLite.
pub type SqliteTransaction<U> = SqlTransaction<SqliteConnection, U>;

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

impl<U: TableIn<Backend>> Database<U> for Sqlite {
    type Config = DatabaseUrl;
    type Store = SqliteStore<U>;

    async fn open(
        self,
        config: DatabaseUrl,
        compat: Compat,
        tables: Tables,
    ) -> Result<SqliteStore<U>, StoreError> {
        let schema = SchemaSql::of::<U>(Dialect::Sqlite, compat).with(tables);
        Ok(SqlStore::new(self.open_schema(config, schema).await?))
    }
}

impl Sqlite {
    /// In a box it is compiled in this crate: what an app awaits is else compiled there, with each change of its user.
    pub(super) fn open_schema(
        self,
        config: DatabaseUrl,
        schema: SchemaSql,
    ) -> BoxFuture<'static, Result<SqlDatabase<SqliteConnection>, StoreError>> {
        async move {
            let url = sqlite_url(&config)?;
            let limits = PoolLimits {
                connections: if url.is_exclusive { 1 } else { self.connections },
                wait_timeout: self.wait_timeout,
                // The change to WAL may have to wait for a writer.
                connect_timeout: self.busy_timeout + self.wait_timeout,
                response_timeout: None,
                // A file does not hang up.
                idle_check: None,
            };
            let pool = pool(limits, move || connect(url.clone(), self.busy_timeout).boxed())?;
            SqlDatabase::open(pool, Some(Writer::new(self.wait_timeout)), schema, self.migrate).await
        }
        .boxed()
    }
}

async fn connect(url: SqliteUrl, busy_timeout: Duration) -> ConnectionResult<SqliteConnection> {
    let mut connection = SqliteConnection::establish(&url.uri).await?;
    // A file that can't be written keeps its journal as it is.
    let journal = if url.is_read_only { "" } else { "PRAGMA journal_mode = WAL;" };
    // The timeout comes first: the change to WAL may itself have to wait.
    // With `synchronous = NORMAL` a power loss undoes the last commits, and so brings back revoked sessions and used tokens.
    // FULL takes 4 ms a commit instead of 0.02 ms on an SSD, beside the 20 ms and more that a password's hash takes.
    let setup = format!(
        "PRAGMA busy_timeout = {}; {journal} PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
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

/// The file that the app's configuration names, or a test's database in memory.
fn sqlite_url(config: &DatabaseUrl) -> Result<SqliteUrl, StoreError> {
    #[cfg(feature = "testing")]
    if config.is_in_memory() {
        return Ok(SqliteUrl::in_memory());
    }
    SqliteUrl::parse(config.as_str(), Path::exists)
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
            let path = folder.path().join(format!("{round}.db"));
            let url = SqliteUrl::parse(&path.display().to_string(), Path::exists).expect("a path");
            let mut opened = JoinSet::new();
            for _ in 0..8 {
                opened.spawn(connect(url.clone(), Duration::from_secs(10)));
            }
            for connection in opened.join_all().await {
                connection.map(drop).expect("a connection");
            }
        }
    }
}
