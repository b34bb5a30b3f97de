//! The schema's versions, run when the app starts, by one node at a time, and recorded as Diesel records them.

use super::backend::SqlBackend;
use super::catalog::{
    LiveColumn, Shape, are_in_place, closed_schemas, recorded, sealed_schema, shapes, shared_accounts,
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
#[error(
    "the app can't make its schema: where it may not, run its migrations and set `.migrate(false)` on the database"
)]
struct CannotMigrate(#[source] Box<dyn std::error::Error + Send + Sync>);

/// The same for MySQL, where a lock has a name of at most 64 characters, for all databases of a server.
const MYSQL_LOCK: &str = "concat('axum_users ', sha1(database()))";

/// How long a node waits for another one that makes the schema, in seconds.
const LOCK_SECONDS: u32 = 60;

/// Runs those steps whose part is missing. What can't be made for a reason that [`check`](super::check) words better is
/// left to it, and not recorded.
async fn run<C: DatabaseConnection>(connection: &mut C, schema: &SchemaSql) -> Result<(), StoreError> {
    let mut live = Live::read(connection, schema).await?;
    let user = live.shape(schema.user).columns;
    if !can_be_made(schema, &user) {
        return Ok(());
    }
    let id = user.iter().find(|live| schema.dialect.is_same_name(&live.name, schema.roles.id.name));
    let schema = schema.beside(id.map(LiveColumn::reference_type));
    for version in schema.versions() {
        let mut is_whole = true;
        for step in &version.steps {
            if live.has(&step.makes) {
                continue;
            }
            if can_be_run(connection, &schema, &live, &step.makes).await? {
                if user.is_empty() && !closed_schemas(connection).await?.is_empty() {
                    return Ok(());
                }
                may_create(connection).await?;
                connection.batch_execute(&step.sql).await?;
                live.read_again(connection, step.makes.table()).await?;
            } else {
                is_whole = false;
            }
        }
        if is_whole {
            record(connection, &mut live, version.migration().version()).await?;
        }
    }
    Ok(())
}

/// The existing part of the schema.
struct Live {
    dialect: Dialect,
    /// Each table of the schema, and whether it is where the app would make it.
    tables: Vec<(&'static str, bool, Shape)>,
    /// Whether Diesel's table is there.
    has_record: bool,
    /// The versions that it has. `None` until they are needed.
    recorded: Option<Vec<String>>,
}

impl Live {
    async fn read<C: DatabaseConnection>(connection: &mut C, schema: &SchemaSql) -> Result<Self, StoreError> {
        let mut names = schema.tables();
        let shapes = shapes(connection, &names).await?;
        names.push(RECORD);
        let mut are_in_place = are_in_place(connection, &names).await?;
        let has_record = are_in_place.pop() == Some(true);
        let tables = names.into_iter().zip(are_in_place).zip(shapes);
        let tables = tables.map(|((name, is_in_place), shape)| (name, is_in_place, shape)).collect();
        Ok(Self { dialect: schema.dialect, tables, has_record, recorded: None })
    }

    /// Reads once more what has become of a table.
    async fn read_again<C: DatabaseConnection>(
        &mut self,
        connection: &mut C,
        table: &str,
    ) -> Result<(), StoreError> {
        for (name, is_in_place, shape) in self.tables.iter_mut().filter(|(name, ..)| *name == table) {
            *shape = shapes(connection, &[*name]).await?.pop().unwrap_or_default();
            *is_in_place = are_in_place(connection, &[*name]).await? == [true];
        }
        Ok(())
    }

    fn table(&self, name: &str) -> Option<&(&'static str, bool, Shape)> {
        self.tables.iter().find(|(known, ..)| *known == name)
    }

    fn shape(&self, table: &str) -> Shape {
        self.table(table).map(|(.., shape)| shape.clone()).unwrap_or_default()
    }

    /// Whether a part of the schema is there.
    fn has(&self, object: &SchemaObject) -> bool {
        let Some((_, is_in_place, shape)) = self.table(object.table()) else { return false };
        match object {
            SchemaObject::Table(_) => *is_in_place,
            SchemaObject::UniqueEmail { column: Some(column), .. } => {
                shape.column(self.dialect, column).is_some()
            }
            SchemaObject::Index { name: index, .. }
            | SchemaObject::UniqueEmail { index, column: None, .. }
            | SchemaObject::UniqueAccount { index, .. } => {
                shape.indexes.iter().any(|live| self.dialect.is_same_name(&live.name, index))
            }
        }
    }
}

/// Whether nothing keeps a step from being run that [`check`](super::check) words better than the database would.
async fn can_be_run<C: DatabaseConnection>(
    connection: &mut C,
    schema: &SchemaSql,
    live: &Live,
    makes: &SchemaObject,
) -> Result<bool, StoreError> {
    let shape = live.shape(makes.table());
    if !makes.columns().iter().all(|name| shape.column(schema.dialect, name).is_some()) {
        return Ok(false);
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

/// The table in which Diesel records the migrations that have run.
const RECORD: &str = "__diesel_schema_migrations";

/// Makes it, as Diesel itself does.
const CREATE_RECORD: &str = "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (
       version VARCHAR(50) PRIMARY KEY NOT NULL,
       run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
)";

async fn record<C: DatabaseConnection>(
    connection: &mut C,
    live: &mut Live,
    version: String,
) -> Result<(), StoreError> {
    if !live.has_record {
        may_create(connection).await?;
        connection.batch_execute(CREATE_RECORD).await?;
        live.has_record = true;
    }
    let versions = match &mut live.recorded {
        Some(versions) => versions,
        unread => unread.insert(recorded(connection).await?),
    };
    if !versions.contains(&version) {
        // `diesel migration run` may record it at the same moment.
        let sql = live.dialect.insert_unless_there("INTO __diesel_schema_migrations (version) VALUES (?)");
        connection.execute_returning_count(Statement::new(&sql, vec![&Value::Text(&version)])).await?;
        versions.push(version);
    }
    Ok(())
}
