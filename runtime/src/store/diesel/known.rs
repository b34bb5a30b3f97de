//! Clients that are known at an account, in the app's own database.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use super::backend::SqlBackend;
use super::connection::DatabaseConnection;
use super::counters::PATIENCE;
use super::database::SqlDatabase;
use super::queries::KnownClientQueries;
use super::session::Session;
use super::statement::Statement;
use super::value::Value;
use crate::clock::Timestamp;
use crate::limit::{CLIENTS_OF_AN_ACCOUNT, CounterFuture, CountersError, KnownClient, KnownClients};
use crate::store::{StoreError, Tables};

/// Known clients in the database that a store is on.
pub(super) struct SqlKnownClients<C: DatabaseConnection>(SqlDatabase<C>);

impl<C: DatabaseConnection> std::fmt::Debug for SqlKnownClients<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SqlKnownClients").field(&self.0).finish()
    }
}

impl<C: DatabaseConnection> SqlKnownClients<C> {
    /// The known clients of a database that has a table for them.
    pub(super) fn of(database: &SqlDatabase<C>) -> Option<Arc<dyn KnownClients>> {
        database
            .schema
            .tables
            .contains(Tables::KNOWN_CLIENTS)
            .then(|| Arc::new(Self(database.clone())) as Arc<dyn KnownClients>)
    }

    fn queries(&self) -> Result<&KnownClientQueries, StoreError> {
        let queries = self.0.queries.known_clients.as_ref();
        queries.ok_or_else(|| StoreError::Failed("there is no table for known clients".into()))
    }

    async fn remembered(&self, known: KnownClient, mark: &str, end: Timestamp) -> Result<(), StoreError> {
        let queries = self.queries()?;
        let (client, account) = (known.client.to_string(), known.account.to_string());
        let (client, account) = (Value::Text(&client), Value::Text(&account));
        let (mark, end) = (Value::Text(mark), Value::Number(end.micros()));
        self.0.execute_alone(&queries.forget_others, vec![&account, &mark]).await?;
        self.0.execute_alone(&queries.remember, vec![&client, &account, &mark, &end]).await?;
        let count = self.0.number(&queries.count, vec![&account]).await?.unwrap_or_default();
        let excess = count.saturating_sub(i64::try_from(CLIENTS_OF_AN_ACCOUNT).unwrap_or(i64::MAX));
        if excess > 0 {
            self.0.execute_alone(&queries.evict, vec![&account, &client, &Value::Number(excess)]).await?;
        }
        Ok(())
    }

    async fn recalled(&self, known: KnownClient, now: Timestamp) -> Result<Option<String>, StoreError> {
        let (client, now) = (known.client.to_string(), Value::Number(now.micros()));
        let client = Value::Text(&client);
        let statement = Statement::new(&self.queries()?.recall, vec![&client, &now]);
        let mut connection = self.0.connection().await?;
        let mut session = Session::on(&mut connection);
        #[expect(clippy::redundant_closure, reason = "the function itself is one for each lifetime")]
        let mark = session.first(statement, |cells| C::Backend::text(cells)).await?;
        Ok(mark)
    }
}

impl<C: DatabaseConnection> KnownClients for SqlKnownClients<C> {
    fn remember(
        &self,
        known: KnownClient,
        mark: String,
        lifetime: Duration,
        now: Timestamp,
    ) -> CounterFuture<'_, ()> {
        async move { self.remembered(known, &mark, now.after(lifetime)).await.map_err(CountersError::new) }
            .boxed()
    }

    fn recall(&self, known: KnownClient, now: Timestamp) -> CounterFuture<'_, Option<String>> {
        async move { self.recalled(known, now).await.map_err(CountersError::new) }.boxed()
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }
}
