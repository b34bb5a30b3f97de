//! What more than one fault needs.

use std::sync::Arc;
use std::time::Duration;

use axum_users::app::Builder;
use axum_users::prelude::*;
use axum_users_tests::{Camelot, Options, Place, PlaceTransaction, Server, Store, User};
use tokio::sync::Semaphore;

pub(crate) const ARTHUR: &str = "arthur@camelot.bt";
pub(crate) const MERLIN: &str = "merlin@camelot.bt";
/// Everybody's password.
pub(crate) const PASSWORD: &str = "guinevere";

/// How each database is opened: with so many connections, for which a request waits so long.
pub(crate) fn place(connections: usize, wait_timeout: Duration) -> Place {
    Place {
        databases: AnyDatabase::default()
            .sqlite(Sqlite::default().connections(connections).wait_timeout(wait_timeout))
            .postgres(Postgres::default().connections(connections).wait_timeout(wait_timeout))
            .mysql(Mysql::default().connections(connections).wait_timeout(wait_timeout)),
        ..Place::default()
    }
}

/// An app in the running test's database, with so many connections.
pub(crate) async fn server_with(connections: usize) -> Server {
    server_set(connections, |setup| setup).await
}

/// The same, with more set.
pub(crate) async fn server_set(
    connections: usize,
    set: impl FnOnce(Builder<Camelot>) -> Builder<Camelot>,
) -> Server {
    let database = axum_users_tests::Database::create(Store::current()).await;
    let place = place(connections, Duration::from_secs(30));
    let setup = |setup: Builder<Camelot>| set(setup.database(place));
    let server = Server::on(database, Options::default(), |_| {}, setup).await;
    server.expect("the app starts")
}

/// Hooks that do nothing, but have each change be a transaction.
pub(crate) struct Idle;

impl TransactionHooks<User, PlaceTransaction> for Idle {}

/// How long hooks may take that a test holds within a transaction, however loaded the machine is.
pub(crate) const HELD: Duration = Duration::from_secs(120);

/// Waits until something is so: a minute is a hang, and not slowness.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(60), async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("{what}: not within a minute"));
}

/// A gate within the transaction of a registration, before which those wait whose address begins with `held`. Each
/// holds a connection there.
#[derive(Clone)]
pub(crate) struct Gate {
    reached: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Gate {
    pub(crate) fn closed() -> Self {
        Self { reached: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) }
    }

    /// Waits until so many stand before it at once.
    pub(crate) async fn is_reached_by(&self, count: usize) {
        until("all stand before the gate", async || self.reached.available_permits() >= count).await;
    }

    /// Lets so many pass.
    pub(crate) fn let_pass(&self, count: usize) {
        self.open.add_permits(count);
    }
}

impl<C: Send> TransactionHooks<User, C> for Gate {
    async fn on_register(&self, user: &User, _: &RequestInfo, _: &mut C) -> HookResult {
        if user.email.starts_with("held") {
            self.reached.add_permits(1);
            self.open.acquire().await?.forget();
        }
        Ok(())
    }
}
