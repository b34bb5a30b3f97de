//! A pool whose connections are all in use: who waits for too long is told to come again.

use std::time::Duration;

use axum_users_tests::{Backend, Database, Options, Server, Store, on_each_database};
use serde_json::json;

use crate::common::{ARTHUR, Gate, HELD, MERLIN, PASSWORD, place};

#[on_each_database]
async fn is_a_503_until_there_is_room() {
    // SQLite has one writer, and a connection for it.
    let connections = if Store::current() == Store::Sqlite { 1 } else { 2 };
    let wait = Duration::from_secs(1);
    let gate = Gate::closed();
    let (place, hooks) = (place(connections, wait), gate.clone());
    let database = Database::create(Store::current()).await;
    let setup = |setup: axum_users::app::Builder<_>| {
        setup.database(place).transaction_hooks(hooks).transaction_hook_timeout(HELD)
    };
    let server = Server::on(database, Options::default(), |_| {}, setup).await.expect("the app starts");
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    let arthur = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;

    let held = (0..connections).map(|n| {
        let client = server.client();
        tokio::spawn(async move { client.register(&format!("held-{n}@camelot.bt"), PASSWORD).await })
    });
    let held = held.collect::<Vec<_>>();
    gate.is_reached_by(connections).await;

    // A read, a write, and a sign-in; none is taken for signed out or for unknown.
    let client = server.client();
    let (read, write, sign_in) = tokio::join!(
        arthur.get("/authenticated"),
        client.register(MERLIN, PASSWORD),
        client.login(Backend::Db, ARTHUR, PASSWORD),
    );
    for answer in [read, write, sign_in] {
        answer.refuses(503, json!("Service Unavailable"));
        assert_eq!(answer.header("retry-after"), "1");
    }
    // Who needs no database is not kept waiting.
    client.get("/authenticated").await.refuses(401, json!("Unauthorized"));

    gate.let_pass(connections);
    for registration in held {
        assert_eq!(registration.await.expect("an answer").status, 201);
    }
    arthur.get("/authenticated").await.is(200, &json!({ "message": format!("Hello {ARTHUR}!") }));
    assert_eq!(client.register(MERLIN, PASSWORD).await.status, 201);
}

/// Who comes while there is none, and finds one in time, notices nothing.
#[on_each_database]
async fn is_waited_for() {
    let gate = Gate::closed();
    let (place, hooks) = (place(1, Duration::from_secs(60)), gate.clone());
    let database = Database::create(Store::current()).await;
    let setup = |setup: axum_users::app::Builder<_>| {
        setup.database(place).transaction_hooks(hooks).transaction_hook_timeout(HELD)
    };
    let server = Server::on(database, Options::default(), |_| {}, setup).await.expect("the app starts");
    let client = server.client();
    let held = tokio::spawn({
        let client = client.clone();
        async move { client.register("held@camelot.bt", PASSWORD).await }
    });
    gate.is_reached_by(1).await;
    let waiting = tokio::spawn(async move { client.register(ARTHUR, PASSWORD).await });
    gate.let_pass(1);
    assert_eq!(held.await.expect("an answer").status, 201);
    assert_eq!(waiting.await.expect("an answer").status, 201);
}
