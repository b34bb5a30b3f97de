//! What lies in a store, seen past the app.

use std::collections::BTreeMap;
use std::path::Path;

use axum_users::prelude::Uuid;
use diesel::QueryableByName;
use diesel::deserialize::QueryableByName as Readable;
use diesel::migration;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{
    AsyncConnection, AsyncMigrationHarness, AsyncMysqlConnection, AsyncPgConnection, RunQueryDsl,
    SimpleAsyncConnection,
};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use tempfile::TempDir;

use crate::memory::Memory;
use crate::place::PlaceConfig;
use crate::server::User;
use crate::store::Store;

/// A user's row, all of it.
#[derive(Clone, Debug, PartialEq, QueryableByName)]
#[expect(missing_docs, reason = "they are the columns")]
pub struct Row {
    #[diesel(sql_type = Text)]
    pub id: String,
    #[diesel(sql_type = Text)]
    pub email: String,
    #[diesel(sql_type = Text)]
    pub hashed_password: String,
    #[diesel(sql_type = Bool)]
    pub is_active: bool,
    #[diesel(sql_type = Bool)]
    pub is_superuser: bool,
    #[diesel(sql_type = Bool)]
    pub is_verified: bool,
    #[diesel(sql_type = Nullable<Text>)]
    pub display_name: Option<String>,
    #[diesel(sql_type = Integer)]
    pub credits: i32,
    #[diesel(sql_type = Text)]
    pub notes: String,
}

impl From<User> for Row {
    fn from(user: User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email,
            hashed_password: user.hashed_password.expose().to_owned(),
            is_active: user.is_active,
            is_superuser: user.is_superuser,
            is_verified: user.is_verified,
            display_name: user.display_name,
            credits: user.credits,
            notes: user.notes,
        }
    }
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    value: String,
}

/// A store of a test's own. What is in it goes with the test, or with the server that the tests run on.
#[derive(Debug)]
pub enum Database {
    /// A file in a folder.
    Sqlite(TempDir),
    /// The address of a schema.
    Postgres(String),
    /// The address of a database.
    Mysql(String),
    /// The store itself.
    Memory(Memory<User>),
}

/// Connects, and does the same on each database.
macro_rules! on {
    ($database:expr, $connection:pat_param => $body:expr) => {
        match $database {
            Database::Sqlite(_) => {
                let mut connection =
                    SyncConnectionWrapper::<diesel::SqliteConnection>::establish(&$database.path())
                        .await
                        .expect("it opens");
                // The app may be writing.
                connection.batch_execute("PRAGMA busy_timeout = 10000").await.expect("a setting");
                let $connection = connection;
                $body
            }
            Database::Postgres(url) => {
                let $connection = AsyncPgConnection::establish(url).await.expect("PostgreSQL answers");
                $body
            }
            Database::Mysql(url) => {
                let mut connection = AsyncMysqlConnection::establish(url).await.expect("MySQL answers");
                let quotes = "SET SESSION sql_mode = concat(@@sql_mode, ',ANSI_QUOTES')";
                connection.batch_execute(quotes).await.expect("a setting");
                let $connection = connection;
                $body
            }
            Database::Memory(_) => panic!("there is no SQL in memory"),
        }
    };
}

/// Waits where a test can't.
fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(future))
}

impl Database {
    /// A new, empty one.
    pub async fn create(store: Store) -> Self {
        let name = format!("camelot_{}", Uuid::new_v4().simple());
        match store {
            Store::Sqlite => Self::Sqlite(tempfile::tempdir().expect("a temporary folder")),
            Store::Memory => Self::Memory(Memory::default()),
            Store::Postgres => {
                let url = store.url().expect("a server");
                let mut server = AsyncPgConnection::establish(&url).await.expect("PostgreSQL answers");
                server.batch_execute(&format!("CREATE SCHEMA {name}")).await.expect("a schema");
                let and = if url.contains('?') { '&' } else { '?' };
                Self::Postgres(format!("{url}{and}options=-csearch_path%3D{name}"))
            }
            Store::Mysql => {
                let url = store.url().expect("a server");
                let mut server = AsyncMysqlConnection::establish(&url).await.expect("MySQL answers");
                server.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("a database");
                let (server, _) = url.rsplit_once('/').expect("a path");
                Self::Mysql(format!("{server}/{name}"))
            }
        }
    }

    /// A new, empty one, whose address says nothing that only PostgreSQL's own clients understand.
    ///
    /// # Panics
    ///
    /// In memory.
    pub async fn create_apart(store: Store) -> Self {
        if store != Store::Postgres {
            return Self::create(store).await;
        }
        let (name, url) = (format!("camelot_{}", Uuid::new_v4().simple()), store.url().expect("a server"));
        let mut server = AsyncPgConnection::establish(&url).await.expect("PostgreSQL answers");
        server.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("a database");
        let (server, _) = url.rsplit_once('/').expect("a path");
        Self::Postgres(format!("{server}/{name}"))
    }

    /// What an app is configured with to use it, whichever it is.
    #[must_use]
    pub fn config(&self) -> PlaceConfig {
        match self {
            Self::Memory(memory) => PlaceConfig::Memory(memory.clone()),
            database => PlaceConfig::Address(database.address()),
        }
    }

    /// The address of a database.
    ///
    /// # Panics
    ///
    /// In memory.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite://{}", folder.path().join("camelot.db").display()),
            Self::Postgres(url) | Self::Mysql(url) => url.clone(),
            Self::Memory(_) => panic!("memory has no address"),
        }
    }

    /// The path of SQLite's file.
    fn path(&self) -> String {
        self.address().trim_start_matches("sqlite://").to_owned()
    }

    /// Which it is.
    #[must_use]
    pub fn store(&self) -> Store {
        match self {
            Self::Sqlite(_) => Store::Sqlite,
            Self::Postgres(_) => Store::Postgres,
            Self::Mysql(_) => Store::Mysql,
            Self::Memory(_) => Store::Memory,
        }
    }

    /// Runs statements, in which `"…"` quotes a name on each database.
    pub fn execute(&self, sql: &str) {
        wait(async { on!(self, mut connection => connection.batch_execute(sql).await.expect(sql)) });
    }

    /// Runs the migrations in a folder, as the Diesel CLI does. How many have not run before.
    ///
    /// # Errors
    ///
    /// When one does not run.
    pub async fn run_migrations(&self, folder: &Path) -> migration::Result<usize> {
        let migrations = FileBasedMigrations::from_path(folder)?;
        on!(self, connection => {
            Ok(AsyncMigrationHarness::new(connection).run_pending_migrations(migrations)?.len())
        })
    }

    /// Takes back the migrations in a folder, the last one first.
    ///
    /// # Errors
    ///
    /// When one can't be taken back.
    pub async fn revert_migrations(&self, folder: &Path) -> migration::Result<()> {
        let migrations = FileBasedMigrations::from_path(folder)?;
        on!(self, connection => {
            AsyncMigrationHarness::new(connection).revert_all_migrations(migrations)?;
            Ok(())
        })
    }

    /// The one number called `value` that a query gives.
    #[must_use]
    pub fn number(&self, sql: &str) -> i64 {
        let [Number { value }] = self.load::<Number>(sql)[..] else { panic!("not one row: {sql}") };
        value
    }

    /// The texts called `value` that a query gives.
    #[must_use]
    pub fn texts(&self, sql: &str) -> Vec<String> {
        self.load::<Word>(sql).into_iter().map(|word| word.value).collect()
    }

    /// How many rows each table has.
    #[must_use]
    pub fn census(&self) -> BTreeMap<String, i64> {
        let tables = match self {
            Self::Memory(memory) => return memory.census(),
            Self::Sqlite(_) => "SELECT name AS value FROM sqlite_schema WHERE type = 'table'",
            Self::Postgres(_) => {
                "SELECT CAST(table_name AS TEXT) AS value FROM information_schema.tables \
                 WHERE table_schema = current_schema()"
            }
            Self::Mysql(_) => {
                "SELECT table_name AS value FROM information_schema.tables WHERE table_schema = database()"
            }
        };
        let count = |table: &String| self.number(&format!("SELECT count(*) AS value FROM \"{table}\""));
        self.texts(tables).into_iter().map(|table| (table.clone(), count(&table))).collect()
    }

    /// Everyone, in the order of their addresses.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let ty = match self {
            Self::Memory(memory) => {
                let mut rows = memory.users().into_iter().map(Row::from).collect::<Vec<_>>();
                rows.sort_by(|a, b| a.email.cmp(&b.email));
                return rows;
            }
            Self::Mysql(_) => "CHAR(36)",
            Self::Sqlite(_) | Self::Postgres(_) => "TEXT",
        };
        self.load(&format!(
            "SELECT CAST(id AS {ty}) AS id, email, hashed_password, is_active, is_superuser, is_verified, display_name, \
             credits, notes FROM \"user\" ORDER BY email"
        ))
    }

    /// All that lies in a database, as whoever steals a copy of it reads it.
    #[must_use]
    pub fn dump(&self) -> String {
        let (tables, columns) = match self {
            // All bytes, those that have not been moved from its log included.
            Self::Sqlite(folder) => {
                let files = std::fs::read_dir(folder.path()).expect("a folder");
                let bytes = files.map(|file| std::fs::read(file.expect("a file").path()).expect("bytes"));
                return bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
            }
            Self::Postgres(_) => ("table_schema = current_schema()", "CAST(column_name AS TEXT)"),
            Self::Mysql(_) => ("table_schema = database()", "column_name"),
            Self::Memory(_) => panic!("memory is not dumped"),
        };
        let columns = self.texts(&format!(
            "SELECT concat('SELECT coalesce(CAST(\"', {columns}, '\" AS CHAR(2000)), '''') AS value FROM \"', table_name, '\"') \
             AS value FROM information_schema.columns WHERE {tables}"
        ));
        columns.iter().flat_map(|column| self.texts(column)).collect::<Vec<_>>().join("\n")
    }

    /// Gives every user, or the one with the address `email`, another hash.
    pub fn set_hash(&self, email: Option<&str>, hash: &str) {
        if let Self::Memory(memory) = self {
            memory.set_hash(|user| email.is_none_or(|email| user.email == email), hash);
            return;
        }
        let of = email.map_or(String::new(), |email| format!(" WHERE email = '{email}'"));
        self.execute(&format!("UPDATE \"user\" SET hashed_password = '{hash}'{of}"));
    }

    /// Replaces a stored email by any text, as an import from another system may leave it.
    pub fn set_email(&self, from: &str, to: &str) {
        if let Self::Memory(memory) = self {
            memory.change(|user| {
                if user.email == from {
                    to.clone_into(&mut user.email);
                }
            });
            return;
        }
        self.execute(&format!("UPDATE \"user\" SET email = '{to}' WHERE email = '{from}'"));
    }

    fn load<T>(&self, sql: &str) -> Vec<T>
    where
        T: Readable<diesel::sqlite::Sqlite> + Readable<diesel::pg::Pg> + Readable<diesel::mysql::Mysql>,
        T: Send + 'static,
    {
        wait(async {
            on!(self, mut connection => diesel::sql_query(sql).load(&mut connection).await.expect(sql))
        })
    }
}
