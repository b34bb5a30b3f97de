//! A database of a store, whatever its users: its connections, and how a statement or a transaction begins. It is compiled once
//! for each type of connection; [`SqlStore`](super::SqlStore) adds the users.

use std::sync::Arc;
use std::time::Duration;

use diesel_async::AsyncConnectionCore;
use tokio::sync::Semaphore;

use super::backend::SqlBackend as _;
use super::catalog;
use super::check::{address_indexes, refuse_encoding};
use super::connection::DatabaseConnection;
use super::pool::{Pool, Pooled, take};
use super::queries::Queries;
use super::schema::{ACCOUNT_KEY, Accounts, SchemaSql};
use super::session::Session;
use super::statement::{Part, Statement};
use super::transaction::OpenTransaction;
use crate::store::{StoreError, Tables};

/// A database that is reached over connections of the type `C`.
pub(super) struct SqlDatabase<C: DatabaseConnection> {
    pool: Pool<C>,
    /// Where there is one writer at a time, those who wait for their turn hold no connection, so that reads go on.
    writer: Option<Writer>,
    pub(super) queries: Arc<Queries>,
    pub(super) schema: Arc<SchemaSql>,
}

/// What fills the gaps of a statement.
pub(super) type Parts<'p, C> = Vec<&'p dyn Part<<C as AsyncConnectionCore>::Backend>>;

/// The turn to write, where a database has one writer at a time.
#[derive(Clone)]
pub(super) struct Writer {
    turn: Arc<Semaphore>,
    wait_timeout: Duration,
}

#[cfg(feature = "sqlite")]
impl Writer {
    pub(super) fn new(wait_timeout: Duration) -> Self {
        Self { turn: Arc::new(Semaphore::new(1)), wait_timeout }
    }
}

impl<C: DatabaseConnection> Clone for SqlDatabase<C> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            writer: self.writer.clone(),
            queries: Arc::clone(&self.queries),
            schema: Arc::clone(&self.schema),
        }
    }
}

impl<C: DatabaseConnection> std::fmt::Debug for SqlDatabase<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqlDatabase").field("pool", &self.pool.status()).finish_non_exhaustive()
    }
}

impl<C: DatabaseConnection> SqlDatabase<C> {
    /// Opens it, with all that its schema lacks if `migrate` says so.
    pub(super) async fn open(
        pool: Pool<C>,
        writer: Option<Writer>,
        schema: SchemaSql,
        migrate: bool,
    ) -> Result<Self, StoreError> {
        let queries = Arc::new(Queries::new(&schema, &[], &[]));
        let mut store = Self { pool, writer, queries, schema: Arc::new(schema) };
        refuse_encoding(&catalog::server(&mut **store.connection().await?).await?)?;
        if migrate {
            store.migrate().await?;
        }
        store.queries = Arc::new(store.queries_for_live_indexes().await?);
        Ok(store)
    }

    /// The statements, which know the unique indexes by the names that they have.
    async fn queries_for_live_indexes(&self) -> Result<Queries, StoreError> {
        let schema = &self.schema;
        let connection = &mut **self.connection().await?;
        let names = schema.tables();
        let shapes = catalog::shapes(connection, &names).await?;
        let shape = |table: &str| names.iter().position(|name| *name == table).map(|index| &shapes[index]);
        let on_the_address = shape(schema.user).into_iter().flat_map(|user| address_indexes(schema, user));
        let on_the_address = on_the_address.map(|index| index.name).collect::<Vec<_>>();
        let on_the_account = shape(Accounts::NAME).map(|live| live.unique_on(schema.dialect, ACCOUNT_KEY));
        let on_the_account = on_the_account.unwrap_or_default();
        Ok(Queries::new(schema, &on_the_address, &on_the_account))
    }

    pub(super) async fn connection(&self) -> Result<Pooled<C>, StoreError> {
        take(&self.pool).await
    }

    /// Begins a transaction.
    pub(super) async fn write(&self) -> Result<OpenTransaction<C>, StoreError> {
        let mut transaction = self.single().await?;
        transaction.is_single = false;
        // Only now does it begin: a caller that stops waiting for it leaves nothing behind.
        transaction.session()?.0.begin().await?;
        Ok(transaction)
    }

    /// Takes a connection for one statement that writes, which is a transaction by itself.
    pub(super) async fn single(&self) -> Result<OpenTransaction<C>, StoreError> {
        let turn = match &self.writer {
            Some(Writer { turn, wait_timeout }) => {
                let turn = tokio::time::timeout(*wait_timeout, Arc::clone(turn).acquire_owned()).await;
                let turn = turn.map_err(|elapsed| StoreError::Unavailable(elapsed.into()))?;
                Some(turn.map_err(|closed| StoreError::Failed(closed.into()))?)
            }
            None => None,
        };
        let connection = self.connection().await?;
        Ok(OpenTransaction {
            open: Some((connection, turn)),
            is_single: true,
            is_ending: false,
            queries: Arc::clone(&self.queries),
            compat: self.schema.compat,
        })
    }

    /// Runs a statement that is a transaction by itself.
    pub(super) async fn execute_alone(&self, sql: &str, parts: Parts<'_, C>) -> Result<usize, StoreError> {
        let mut transaction = self.single().await?;
        let (mut session, _) = transaction.session()?;
        let count = session.execute_alone(sql, &parts).await?;
        transaction.finish().await?;
        Ok(count)
    }

    /// The number that a statement selects.
    pub(super) async fn number(&self, sql: &str, parts: Parts<'_, C>) -> Result<Option<i64>, StoreError> {
        let mut connection = self.connection().await?;
        let mut session = Session::on(&mut connection);
        #[expect(clippy::redundant_closure, reason = "the function itself is one for each lifetime")]
        let found = session.first(Statement::new(sql, parts), |cells| C::Backend::nullable_number(cells));
        Ok(found.await?.flatten())
    }

    /// Returns the tables beside those of users and their tokens.
    pub(super) fn keeps(&self) -> Tables {
        self.schema.tables
    }
}
