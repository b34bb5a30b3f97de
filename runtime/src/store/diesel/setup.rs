//! The schema, made when the app starts, by one node at a time.

use super::backend::SqlBackend;
use super::connection::{DatabaseConnection, first};
use super::dialect::Dialect;
use super::schema::{SchemaSql, Step};
use super::sql_store::SqlStore;
use super::statement::Statement;
use crate::store::StoreError;

/// What two nodes that start at once wait on: a number that no other program's lock is likely to have.
const LOCK: i64 = 0x6178_756d_5f75_7372;

impl<C: DatabaseConnection> SqlStore<C> {
    /// Makes what the schema lacks. Of several nodes that start at once, one does; the others find it done.
    pub(super) async fn create(&self, schema: &SchemaSql) -> Result<(), StoreError> {
        match schema.dialect {
            // The transaction itself is the lock.
            Dialect::Sqlite => {
                let mut transaction = self.write().await?;
                run(transaction.open()?, &schema.steps()).await?;
                transaction.finish().await
            }
            Dialect::Postgres => {
                let mut transaction = self.write().await?;
                let connection = transaction.open()?;
                connection.batch_execute(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
                run(connection, &schema.steps()).await?;
                transaction.finish().await
            }
            // A change of a schema ends MySQL's transactions; the lock is the connection's.
            Dialect::Mysql => {
                let mut connection = self.connection().await?;
                let lock = format!("SELECT concat(get_lock({MYSQL_LOCK}, {LOCK_SECONDS}))");
                let locked = first(&mut *connection, Statement::new(&lock, vec![]), C::Backend::text).await?;
                if locked.as_deref() != Some("1") {
                    return Err(StoreError::Unavailable("another node is at the schema for too long".into()));
                }
                let made = run(&mut *connection, &schema.steps()).await;
                let released = connection.batch_execute(&format!("DO release_lock({MYSQL_LOCK})")).await;
                made.and(released.map_err(StoreError::from))
            }
        }
    }
}

/// The same for MySQL, where a lock has a name, for all databases of a server.
const MYSQL_LOCK: &str = "concat('axum_users ', database())";

/// How long a node waits for another one that makes the schema, in seconds.
const LOCK_SECONDS: u32 = 60;

async fn run<C: DatabaseConnection>(connection: &mut C, steps: &[Step]) -> Result<(), StoreError> {
    for Step { sql, unless } in steps {
        let is_there = match unless {
            Some(unless) => first(connection, Statement::new(unless, vec![]), |_| Ok(())).await?.is_some(),
            None => false,
        };
        if !is_there {
            connection.batch_execute(sql).await?;
        }
    }
    Ok(())
}
