//! Counters for limits in the app's own database, for nodes that share one and have no Redis.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use super::connection::DatabaseConnection;
use super::database::{Parts, SqlDatabase};
use super::queries::CounterQueries;
use super::value::Value;
use crate::clock::Timestamp;
use crate::limit::{CounterFuture, Counters, CountersError, Key, Rate, Tally};
use crate::store::{StoreError, Tables};

/// Counters in the database that a store is on.
pub(super) struct SqlCounters<C: DatabaseConnection>(SqlDatabase<C>);

impl<C: DatabaseConnection> std::fmt::Debug for SqlCounters<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SqlCounters").field(&self.0).finish()
    }
}

/// How often one is taken of a counter that others make and purge at the same moment.
const ATTEMPTS: usize = 3;

/// Longer than a store waits for a connection and an answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

impl<C: DatabaseConnection> SqlCounters<C> {
    /// The counters of a database that has a table for them.
    pub(super) fn of(database: &SqlDatabase<C>) -> Option<Arc<dyn Counters>> {
        database
            .schema
            .tables
            .contains(Tables::LIMIT_COUNTERS)
            .then(|| Arc::new(Self(database.clone())) as Arc<dyn Counters>)
    }

    fn queries(&self) -> Result<&CounterQueries, StoreError> {
        self.0
            .queries
            .counters
            .as_ref()
            .ok_or_else(|| StoreError::Failed("there is no table for counters".into()))
    }

    /// The generic cell rate algorithm: a counter holds the moment at which all of its rate is there again.
    async fn taken(
        &self,
        key: Key,
        rate: Rate,
        at_least: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Tally, StoreError> {
        let (queries, key) = (self.queries()?, key.to_string());
        if let Some(at_least) = at_least {
            self.raised(&key, at_least).await?;
        }
        let next = now.after(rate.interval()).micros();
        // Later than that, and one more would be more than the rate.
        let latest = now.after(rate.period()).before(rate.interval()).micros();
        let (counter, moment) = (Value::Text(&key), Value::Number(now.micros()));
        let (interval, until) = (Value::Number(next - now.micros()), Value::Number(latest));
        let next = Value::Number(next);
        for _ in 0..ATTEMPTS {
            let parts: Parts<'_, C> = vec![&moment, &moment, &interval, &counter, &until];
            if self.0.execute_alone(&queries.take, parts).await? == 1
                || self.0.execute_alone(&queries.insert, vec![&counter, &next]).await? == 1
            {
                return Ok(Tally::Taken { full_at: None });
            }
            if let Some(full_at) = self.moment(&key).await?
                && let Ok(wait @ 1..) = u64::try_from(full_at - latest)
            {
                return Ok(Tally::Empty(Duration::from_micros(wait)));
            }
        }
        // Others have been faster each time: that is too often.
        Ok(Tally::Empty(rate.interval()))
    }

    /// Has a counter go on from `at_least`, unless it is there already.
    async fn raised(&self, key: &str, at_least: Timestamp) -> Result<(), StoreError> {
        let queries = self.queries()?;
        let (counter, moment) = (Value::Text(key), Value::Number(at_least.micros()));
        if self.0.execute_alone(&queries.insert, vec![&counter, &moment]).await? == 0 {
            self.0.execute_alone(&queries.raise, vec![&moment, &counter, &moment]).await?;
        }
        Ok(())
    }

    async fn given_back(&self, key: Key, rate: Rate, now: Timestamp) -> Result<(), StoreError> {
        let (queries, key) = (self.queries()?, key.to_string());
        let interval = Value::Number(now.after(rate.interval()).micros() - now.micros());
        let (counter, now) = (Value::Text(&key), Value::Number(now.micros()));
        let parts: Parts<'_, C> = vec![&interval, &now, &interval, &now, &counter, &now];
        self.0.execute_alone(&queries.give_back, parts).await?;
        Ok(())
    }

    async fn moment(&self, key: &str) -> Result<Option<i64>, StoreError> {
        let queries = self.queries()?;
        self.0.number(&queries.moment, vec![&Value::Text(key)]).await
    }

    async fn cleared(&self, key: Key) -> Result<(), StoreError> {
        let queries = self.queries()?;
        self.0.execute_alone(&queries.delete, vec![&Value::Text(&key.to_string())]).await?;
        Ok(())
    }
}

impl<C: DatabaseConnection> Counters for SqlCounters<C> {
    fn take(
        &self,
        key: Key,
        rate: Rate,
        at_least: Option<Timestamp>,
        now: Timestamp,
    ) -> CounterFuture<'_, Tally> {
        async move { self.taken(key, rate, at_least, now).await.map_err(CountersError::new) }.boxed()
    }

    fn give_back(&self, key: Key, rate: Rate, now: Timestamp) -> CounterFuture<'_, ()> {
        async move { self.given_back(key, rate, now).await.map_err(CountersError::new) }.boxed()
    }

    fn clear(&self, key: Key) -> CounterFuture<'_, ()> {
        async move { self.cleared(key).await.map_err(CountersError::new) }.boxed()
    }

    /// As long as the store itself waits: without its database the sign-in fails, and so there is nothing to hurry for.
    fn patience(&self) -> Duration {
        PATIENCE
    }
}
