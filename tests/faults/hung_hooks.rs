//! Hooks within a transaction that do not return. Neither they nor their rollback keep a connection, or the turn to write.

use std::future::pending;
use std::time::Duration;

use axum_users::app::{Builder, StartError};
use axum_users::hooks::Change;
use axum_users::prelude::*;
use axum_users::testing;
use axum_users_tests::{
    Answer, Backend, Camelot, Database as TestDatabase, InMemory, Memory, Options, PlaceTransaction, Server,
    Store, User, UserCreate, on_each_server, on_each_store,
};
use diesel_async::SimpleAsyncConnection;
use serde_json::json;
use tokio::time::Instant;

use crate::common::{ARTHUR, MERLIN, PASSWORD, place};

/// Never returns for users whose email begins with `held`.
struct Endless;

async fn never_for_held(user: &User) -> HookResult {
    if user.email.starts_with("held") { pending().await } else { Ok(()) }
}

impl<C: Send> TransactionHooks<User, C> for Endless {
    async fn on_register(&self, user: &User, _: &RequestInfo, _: &mut C) -> HookResult {
        never_for_held(user).await
    }

    async fn on_update(&self, _: &User, after: &User, _: Change, _: &RequestInfo, _: &mut C) -> HookResult {
        never_for_held(after).await
    }

    async fn on_delete(&self, user: &User, _: &RequestInfo, _: &mut C) -> HookResult {
        never_for_held(user).await
    }
}

/// An app with one connection, whose hooks have a fifth of a second.
async fn app(hooks: impl TransactionHooks<User, PlaceTransaction>) -> Server {
    let database = TestDatabase::create(Store::current()).await;
    let setup = |setup: Builder<Camelot>| {
        let setup = setup.database(place(1, Duration::from_secs(10))).transaction_hooks(hooks);
        setup.transaction_hook_timeout(Duration::from_millis(200))
    };
    Server::on(database, Options::default(), |_| {}, setup).await.expect("the app starts")
}

#[track_caller]
fn is_unavailable(answer: &Answer) {
    answer.refuses(503, json!("Service Unavailable"));
    assert_eq!(answer.header("retry-after"), "1");
}

#[on_each_store]
async fn a_hook_that_never_returns_is_rolled_back() {
    let app = app(Endless).await;
    let client = app.client();
    is_unavailable(&client.register("held@camelot.bt", PASSWORD).await);
    assert_eq!(app.database.rows(), []);

    let arthur = app.user(ARTHUR, PASSWORD, |_| {}).await;
    let session = client.signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let before = app.database.rows();
    is_unavailable(&session.patch("/users/me", json!({ "email": "held@camelot.bt" })).await);
    assert_eq!(app.database.rows(), before);
    assert_eq!(session.get("/users/me").await.status, 200);

    app.user(MERLIN, PASSWORD, |user| user.is_superuser = Some(true)).await;
    let merlin = client.signed_in(Backend::Jwt, MERLIN, PASSWORD).await;
    if Store::current() != Store::Memory {
        app.database
            .execute(&format!("UPDATE \"user\" SET email = 'held@camelot.bt' WHERE email = '{ARTHUR}'"));
        is_unavailable(&merlin.delete(&format!("/users/{}", arthur.id)).await);
        assert_eq!(session.get("/users/me").await.status, 200);
    }
    // The connection, and the turn to write, are free.
    assert_eq!(client.register("lancelot@camelot.bt", PASSWORD).await.status, 201);
}

/// Has the database wait for much longer than the hook may take.
struct Asleep;

impl TransactionHooks<User, PlaceTransaction> for Asleep {
    async fn on_register(
        &self,
        user: &User,
        _: &RequestInfo,
        transaction: &mut PlaceTransaction,
    ) -> HookResult {
        if !user.email.starts_with("held") {
            return Ok(());
        }
        let connection = transaction.any();
        if let Some(connection) = connection.postgres() {
            connection.batch_execute("SELECT pg_sleep(60)").await?;
        } else if let Some(connection) = connection.mysql() {
            connection.batch_execute("DO sleep(60)").await?;
        }
        Ok(())
    }
}

/// The rollback would wait for the statement. The only connection is closed, and the next request gets another one.
#[on_each_server]
async fn a_connection_whose_rollback_hangs_is_closed() {
    let app = app(Asleep).await;
    is_unavailable(&app.client().register("held@camelot.bt", PASSWORD).await);
    assert_eq!(app.client().register(ARTHUR, PASSWORD).await.status, 201);
    assert_eq!(app.database.rows().len(), 1);
}

/// Runs a statement that takes minutes, within a transaction that has locked the user's row.
struct Stuck {
    postgres: &'static str,
    mysql: &'static str,
}

impl TransactionHooks<User, PlaceTransaction> for Stuck {
    async fn on_update(
        &self,
        _: &User,
        after: &User,
        _: Change,
        _: &RequestInfo,
        transaction: &mut PlaceTransaction,
    ) -> HookResult {
        if after.display_name.as_deref() != Some("stuck") {
            return Ok(());
        }
        let connection = transaction.any();
        if let Some(connection) = connection.postgres() {
            connection.batch_execute(self.postgres).await?;
        } else if let Some(connection) = connection.mysql() {
            connection.batch_execute(self.mysql).await?;
        }
        Ok(())
    }
}

/// A statement that waits, and one that works: a server may notice different things meanwhile.
const STUCK: [Stuck; 2] = [
    Stuck { postgres: "SELECT pg_sleep(600)", mysql: "DO sleep(600)" },
    Stuck {
        postgres: "SELECT count(*) FROM (SELECT generate_series(1, 100000000000)) AS numbers",
        mysql: "DO benchmark(100000000000, md5('excalibur'))",
    },
];

/// Closing the connection does not stop what the server runs for it, and the transaction would keep its locks as long.
#[on_each_server]
async fn a_statement_that_outlives_its_hook_keeps_no_lock() {
    for stuck in STUCK {
        let said = format!("{} / {}", stuck.postgres, stuck.mysql);
        let app = app(stuck).await;
        app.user(ARTHUR, PASSWORD, |_| {}).await;
        let session = app.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
        is_unavailable(&session.patch("/users/me", json!({ "display_name": "stuck" })).await);
        let start = Instant::now();
        let answer = session.patch("/users/me", json!({ "display_name": "free" })).await;
        assert_eq!(answer.status, 200, "{said}: {}", answer.text);
        let elapsed = start.elapsed();
        assert!(elapsed < Duration::from_secs(3), "{said}: {elapsed:?}");
        assert_eq!(answer.json["display_name"], "free");
    }
}

auth_app! {
    /// An app whose time the test holds: it has no sockets.
    struct Hall {
        user: User,
        database: InMemory,
        backends: { jwt: Bearer + Jwt },
        transaction_hooks: Endless,
        hasher: testing::CHEAP,
    }
}

#[tokio::test(start_paused = true)]
async fn hooks_have_five_seconds() {
    let hall = Hall::builder().start(testing::config(Memory::default())).await.expect("the app starts");
    let start = Instant::now();
    let create = UserCreate {
        email: "held@camelot.bt".parse().expect("an email"),
        password: PASSWORD.into(),
        is_active: None,
        is_superuser: None,
        is_verified: None,
        display_name: None,
    };
    let error = Manager::for_code(hall).create(create).await.expect_err("the hook never returns");
    assert_eq!(error.to_string(), "a hook within a transaction did not return within 5s");
    assert_eq!(start.elapsed().as_secs(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeout_of_zero_does_not_start() {
    let setup = |setup: Builder<Camelot>| setup.transaction_hook_timeout(Duration::ZERO);
    let started = Server::of(Options::default(), |_| {}, setup).await;
    let Err(StartError::Setting(why)) = started.map(drop) else { panic!("it started") };
    assert!(why.contains("`transaction_hook_timeout` is zero"), "{why}");
}
