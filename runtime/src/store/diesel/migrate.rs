//! The schema's versions, run when the app starts, by one node at a time, and recorded as Diesel records them.

use super::backend::SqlBackend;
use super::catalog::{
    LiveColumn, closed_schemas, columns, is_recorded, is_there, sealed_schema, shared_accounts,
    shared_addresses,
};
use super::connection::{DatabaseConnection, first};
use super::database::SqlDatabase;
use super::dialect::Dialect;
use super::schema::{SchemaObject, SchemaSql};
use super::statement::Statement;
use super::value::Value;
use crate::store::StoreError;

/// What two nodes that start at once wait on: a number that no other program's lock is likely to have.
const LOCK: i64 = 0x6178_756d_5f75_7372;

impl<C: DatabaseConnection> SqlDatabase<C> {
    /// Makes what the schema lacks. Of several nodes that start at once, one does; the others find it done.
    pub(super) async fn migrate(&self) -> Result<(), StoreError> {
        self.run_locked().await.map_err(|error| match error {
            StoreError::Failed(source) => StoreError::Failed(CannotMigrate(source).into()),
            error => error,
        })
    }

    async fn run_locked(&self) -> Result<(), StoreError> {
        match C::Backend::DIALECT {
            // The transaction itself is the lock.
            Dialect::Sqlite => {
                let mut transaction = self.write().await?;
                run(transaction.open()?, &self.schema).await?;
                transaction.finish().await
            }
            Dialect::Postgres => {
                let mut transaction = self.write().await?;
                let connection = transaction.open()?;
                connection.batch_execute(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
                run(connection, &self.schema).await?;
                transaction.finish().await
            }
            // A change of a schema ends MySQL's transactions; the lock is the connection's.
            Dialect::Mysql => {
                let mut connection = self.connection().await?;
                let lock = format!("SELECT concat(get_lock({MYSQL_LOCK}, {LOCK_SECONDS}))");
                let locked =
                    first(&mut **connection, Statement::new(&lock, vec![]), C::Backend::text).await?;
                if locked.as_deref() != Some("1") {
                    return Err(StoreError::Unavailable("another node is at the schema for too long".into()));
                }
                let made = run(&mut **connection, &self.schema).await;
                let released = connection.batch_execute(&format!("DO release_lock({MYSQL_LOCK})")).await;
                made.and(released.map_err(StoreError::from))
            }
        }
    }
}

/// The database refused a step.
#[derive(Debug, thiserror::Error)]
#[error("the app can't make its schema: where it may not, run its migrations and set `migrate: false`")]
struct CannotMigrate(#[source] Box<dyn std::error::Error + Send + Sync>);

/// The same for MySQL, where a lock has a name of at most 64 characters, for all databases of a server.
const MYSQL_LOCK: &str = "concat('axum_users ', sha1(database()))";

/// How long a node waits for another one that makes the schema, in seconds.
const LOCK_SECONDS: u32 = 60;

/// Runs those steps whose part is missing. What can't be made for a reason that [`check`](super::check) words better is
/// left to it, and not recorded.
async fn run<C: DatabaseConnection>(connection: &mut C, schema: &SchemaSql) -> Result<(), StoreError> {
    let user = columns(connection, schema.user).await?;
    if !can_be_made(schema, &user) {
        return Ok(());
    }
    let id = user.iter().find(|live| schema.dialect.is_same_name(&live.name, schema.roles.id.name));
    let schema = schema.beside(id.map(LiveColumn::reference_type));
    for version in schema.versions() {
        let mut is_whole = true;
        for step in &version.steps {
            if is_there(connection, &step.makes).await? {
                continue;
            }
            if can_be_run(connection, &schema, &step.makes).await? {
                if user.is_empty() && !closed_schemas(connection).await?.is_empty() {
                    return Ok(());
                }
                may_create(connection).await?;
                connection.batch_execute(&step.sql).await?;
            } else {
                is_whole = false;
            }
        }
        if is_whole {
            record(connection, &version.migration().version()).await?;
        }
    }
    Ok(())
}

/// Whether nothing keeps a step from being run that [`check`](super::check) words better than the database would.
async fn can_be_run<C: DatabaseConnection>(
    connection: &mut C,
    schema: &SchemaSql,
    makes: &SchemaObject,
) -> Result<bool, StoreError> {
    if !makes.columns().is_empty() {
        let live = columns(connection, makes.table()).await?;
        let is_there = |name: &&str| live.iter().any(|live| schema.dialect.is_same_name(&live.name, name));
        if !makes.columns().iter().all(is_there) {
            return Ok(false);
        }
    }
    let shared = match makes {
        SchemaObject::UniqueEmail { .. } => shared_addresses(connection, schema).await?,
        SchemaObject::UniqueAccount { .. } => shared_accounts(connection).await?,
        SchemaObject::Table(_) | SchemaObject::Index { .. } => 0,
    };
    Ok(shared == 0)
}

/// The app's role may not create tables where they would go.
#[derive(Debug, thiserror::Error)]
enum NoPlace {
    #[error(
        "the app's role may not create tables in the schema `{0}`: `GRANT CREATE ON SCHEMA {quoted} TO …`",
        quoted = Dialect::Postgres.quote(.0)
    )]
    Sealed(String),
    #[error("no schema on the app's search path exists: `CREATE SCHEMA …`, or set another `search_path`")]
    Missing,
}

/// # Errors
///
/// [`NoPlace`] if the role may create no table, in better words than the database's own.
async fn may_create<C: DatabaseConnection>(connection: &mut C) -> Result<(), StoreError> {
    let no_place = match sealed_schema(connection).await? {
        None => return Ok(()),
        Some(schema) if schema.is_empty() => NoPlace::Missing,
        Some(schema) => NoPlace::Sealed(schema),
    };
    Err(StoreError::Failed(no_place.into()))
}

/// Whether the user's table, of which these columns are there, has what the rest of the schema lies on.
pub(super) fn can_be_made(schema: &SchemaSql, user: &[LiveColumn]) -> bool {
    if user.is_empty() {
        return !schema.user_is_own;
    }
    [schema.roles.id.name, schema.roles.email.name]
        .iter()
        .all(|name| user.iter().any(|live| schema.dialect.is_same_name(&live.name, name)))
}

/// The table in which Diesel records the migrations that have run, as Diesel itself makes it.
const RECORD: &str = "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (
       version VARCHAR(50) PRIMARY KEY NOT NULL,
       run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
)";

async fn record<C: DatabaseConnection>(connection: &mut C, version: &str) -> Result<(), StoreError> {
    const INSERT: &str = "INSERT INTO __diesel_schema_migrations (version) VALUES (?)";
    if !is_there(connection, &SchemaObject::Table("__diesel_schema_migrations")).await? {
        may_create(connection).await?;
        connection.batch_execute(RECORD).await?;
    }
    if !is_recorded(connection, version).await? {
        connection.execute_returning_count(Statement::new(INSERT, vec![&Value::Text(version)])).await?;
    }
    Ok(())
}
