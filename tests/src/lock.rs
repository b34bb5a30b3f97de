//! A table that nobody else may use for a while, so that a statement can be met in its middle.

use std::any::Any;

use diesel_async::{AsyncConnection, AsyncMysqlConnection, AsyncPgConnection, SimpleAsyncConnection};

use crate::database::Database;

/// A locked table; dropped, it is free again.
#[expect(missing_debug_implementations, reason = "it is a connection")]
pub struct Lock {
    _connection: Box<dyn Any + Send>,
}

impl Database {
    /// Locks a table on a server: whoever reads or writes it waits.
    ///
    /// # Panics
    ///
    /// Where the database is no server.
    pub async fn lock(&self, table: &str) -> Lock {
        match self {
            Self::Postgres(url) => {
                let mut connection = AsyncPgConnection::establish(url).await.expect("PostgreSQL answers");
                let sql = format!("BEGIN; LOCK TABLE \"{table}\" IN ACCESS EXCLUSIVE MODE");
                connection.batch_execute(&sql).await.expect("a lock");
                Lock { _connection: Box::new(connection) }
            }
            Self::Mysql(url) => {
                let mut connection = AsyncMysqlConnection::establish(url).await.expect("MySQL answers");
                connection.batch_execute(&format!("LOCK TABLES `{table}` WRITE")).await.expect("a lock");
                Lock { _connection: Box::new(connection) }
            }
            Self::Sqlite(_) | Self::Memory(_) => panic!("readers do not wait there"),
        }
    }

    /// Locks the rows of a table on a server: a statement that writes them waits, and one that reads them does not.
    ///
    /// # Panics
    ///
    /// Where the database is no server.
    pub async fn lock_rows(&self, table: &str) -> Lock {
        let sql = format!("BEGIN; SELECT 1 FROM {table} FOR UPDATE");
        match self {
            Self::Postgres(url) => {
                let mut connection = AsyncPgConnection::establish(url).await.expect("PostgreSQL answers");
                connection.batch_execute(&sql).await.expect("a lock");
                Lock { _connection: Box::new(connection) }
            }
            Self::Mysql(url) => {
                let mut connection = AsyncMysqlConnection::establish(url).await.expect("MySQL answers");
                connection.batch_execute(&sql).await.expect("a lock");
                Lock { _connection: Box::new(connection) }
            }
            Self::Sqlite(_) | Self::Memory(_) => panic!("rows are not locked there"),
        }
    }

    /// How many statements wait for a locked table.
    #[must_use]
    pub fn waiting(&self) -> i64 {
        self.number(match self {
            Self::Postgres(_) => {
                "SELECT count(*) AS value FROM pg_locks JOIN pg_class ON pg_class.oid = relation \
                 WHERE NOT granted AND relnamespace = current_schema()::regnamespace"
            }
            _ => {
                "SELECT count(*) AS value FROM information_schema.processlist \
                 WHERE db = database() AND state LIKE 'Waiting for table%'"
            }
        })
    }
}
