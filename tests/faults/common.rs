//! What more than one fault needs.

use std::time::Duration;

use axum_users::store::diesel::{AnyDatabase, Mysql, Postgres, Sqlite};
use axum_users_tests::Store;
use axum_users_tests::{Database, Options, Place, Server};

pub(crate) const ARTHUR: &str = "arthur@camelot.bt";
pub(crate) const MERLIN: &str = "merlin@camelot.bt";
/// Everybody's password.
pub(crate) const PASSWORD: &str = "guinevere";

/// How each database is opened: with so many connections, for which a request waits so long.
pub(crate) fn place(connections: usize, wait_timeout: Duration) -> Place {
    Place {
        databases: AnyDatabase {
            sqlite: Sqlite { connections, wait_timeout, ..Sqlite },
            postgres: Postgres { connections, wait_timeout, ..Postgres },
            mysql: Mysql { connections, wait_timeout, ..Mysql },
        },
    }
}

/// An app in the running test's database, with so many connections.
pub(crate) async fn server_with(connections: usize) -> Server {
    let database = Database::create(Store::current()).await;
    let place = place(connections, Duration::from_secs(30));
    let server = Server::on(database, Options::default(), |_| {}, |setup| setup.database(place)).await;
    server.expect("the app starts")
}

/// Waits until something is so: a minute is a hang, and not slowness.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(60), async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("{what}: not within a minute"));
}
