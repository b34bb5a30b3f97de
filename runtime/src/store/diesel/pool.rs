//! Pools of connections: how many there are, how long one waits for one, and when one is looked at before it is used.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use diesel::{ConnectionError, ConnectionResult};
use futures_util::future::BoxFuture;

use super::connection::DatabaseConnection;
use super::patience::Patience;
use crate::store::StoreError;

/// What a pool goes by.
#[derive(Clone, Copy, Debug)]
pub(super) struct PoolLimits {
    /// The most connections that are open at once.
    pub(super) connections: usize,
    /// How long a request waits for one.
    pub(super) wait_timeout: Duration,
    /// How long a connection may take to be made, or to answer whether it is still there.
    pub(super) connect_timeout: Duration,
    /// How long an answer may take; `None`: for ever.
    pub(super) response_timeout: Option<Duration>,
    /// After how long without use a connection is asked whether it is still there; `None`: never.
    pub(super) idle_check: Option<Duration>,
}

/// A connection, and how long its answers are waited for.
pub(super) struct Connected<C> {
    pub(super) connection: C,
    pub(super) patience: Patience,
}

impl<C> Deref for Connected<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.connection
    }
}

impl<C> DerefMut for Connected<C> {
    fn deref_mut(&mut self) -> &mut C {
        &mut self.connection
    }
}

/// Makes a connection.
type Connect<C> = Box<dyn Fn() -> BoxFuture<'static, ConnectionResult<C>> + Send + Sync>;

/// Makes the connections of a pool, and tells which of them are used again.
pub(super) struct Connector<C> {
    connect: Connect<C>,
    response_timeout: Option<Duration>,
    idle_check: Option<Duration>,
    losses: Losses,
}

/// When a connection was last found broken. Others may have broken with it.
#[derive(Default)]
struct Losses(Mutex<Option<Instant>>);

impl Losses {
    fn last(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self) {
        *self.last() = Some(Instant::now());
    }

    /// Whether there was one since a connection was last used.
    fn are_after(&self, metrics: &Metrics) -> bool {
        self.last().is_some_and(|last| last >= metrics.recycled.unwrap_or(metrics.created))
    }
}

pub(super) type Pool<C> = managed::Pool<Connector<C>>;
pub(super) type Pooled<C> = managed::Object<Connector<C>>;

impl<C: DatabaseConnection> managed::Manager for Connector<C> {
    type Type = Connected<C>;
    type Error = ConnectionError;

    async fn create(&self) -> ConnectionResult<Connected<C>> {
        let connection = (self.connect)().await?;
        Ok(Connected { connection, patience: Patience::new(self.response_timeout) })
    }

    async fn recycle(
        &self,
        connection: &mut Connected<C>,
        metrics: &Metrics,
    ) -> RecycleResult<ConnectionError> {
        if std::thread::panicking() || connection.is_broken() || connection.is_lost() {
            self.losses.note();
            return Err(RecycleError::message("the connection is broken"));
        }
        // A question before each use would be one more round trip for each of the app's.
        let is_idle = self.idle_check.is_some_and(|idle| metrics.last_used() > idle);
        if is_idle || self.losses.are_after(metrics) {
            connection.batch_execute("SELECT 1").await.map_err(ConnectionError::CouldntSetupConfiguration)?;
        }
        Ok(())
    }
}

pub(super) fn pool<C: DatabaseConnection>(
    limits: PoolLimits,
    connect: impl Fn() -> BoxFuture<'static, ConnectionResult<C>> + Send + Sync + 'static,
) -> Result<Pool<C>, StoreError> {
    managed::Pool::builder(Connector {
        connect: Box::new(connect),
        response_timeout: limits.response_timeout,
        idle_check: limits.idle_check,
        losses: Losses::default(),
    })
    .max_size(limits.connections.max(1))
    .wait_timeout(Some(limits.wait_timeout))
    .create_timeout(Some(limits.connect_timeout))
    .recycle_timeout(Some(limits.connect_timeout))
    // The last one that was used is the first to tell whether the server is there.
    .queue_mode(managed::QueueMode::Lifo)
    .runtime(deadpool::Runtime::Tokio1)
    .build()
    .map_err(|error| StoreError::Failed(error.into()))
}

/// A connection of the pool, within its timeout.
pub(super) async fn take<C: DatabaseConnection>(pool: &Pool<C>) -> Result<Pooled<C>, StoreError> {
    pool.get().await.map_err(|error| StoreError::Unavailable(error.into()))
}
