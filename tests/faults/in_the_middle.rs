//! A connection that ends, or falls silent, in the middle of what is done on it.

use std::time::Duration;

use axum_users::app::Builder;
use axum_users::prelude::*;
use axum_users::store::diesel::{AnyDatabase, Mysql, Postgres};
use axum_users_tests::{
    Answer, Backend, Camelot, Database, Options, Place, PlaceConfig, PlaceTransaction, Server, Store, User,
    on_each_server,
};
use diesel_async::SimpleAsyncConnection;
use serde_json::json;

use crate::common::{ARTHUR, Gate, HELD, Idle, MERLIN, PASSWORD, place, server_with, until};
use crate::own_server::{Outage, OwnServer};
use crate::way::{State, Way};

#[track_caller]
fn is_unavailable(answer: &Answer) {
    answer.refuses(503, json!("Service Unavailable"));
    assert_eq!(answer.header("retry-after"), "1");
}

/// A hook that goes on writing once it is let through the gate.
struct Scribe(Gate);

impl TransactionHooks<User, PlaceTransaction> for Scribe {
    async fn on_register(
        &self,
        user: &User,
        request: &RequestInfo,
        connection: &mut PlaceTransaction,
    ) -> HookResult {
        self.0.on_register(user, request, connection).await?;
        if user.email.contains("scribe") {
            let connection = connection.any();
            let sql = "DELETE FROM session";
            if let Some(connection) = connection.postgres() {
                connection.batch_execute(sql).await?;
            } else if let Some(connection) = connection.mysql() {
                connection.batch_execute(sql).await?;
            }
        }
        Ok(())
    }
}

/// Transactions that are open when the server goes: one whose next statement is a hook's, one that is about to commit.
#[on_each_server]
async fn a_transaction_is_a_503_and_undone() {
    let server = OwnServer::start();
    for outage in [Outage::Stop, Outage::Kill] {
        let database = server.database();
        let gate = Gate::closed();
        let (place, hooks) = (place(2, Duration::from_secs(30)), Scribe(gate.clone()));
        let setup = |setup: Builder<Camelot>| {
            setup.database(place).transaction_hooks(hooks).transaction_hook_timeout(HELD)
        };
        let app = Server::on(database, Options::default(), |_| {}, setup).await.expect("the app starts");
        let emails = ["scribe", "knight"].map(|who| format!("held-{who}-{outage:?}@camelot.bt"));
        let registrations = emails.clone().map(|email| {
            let client = app.client();
            tokio::spawn(async move { client.register(&email, PASSWORD).await })
        });
        gate.is_reached_by(2).await;
        server.go(outage).await;
        gate.let_pass(2);
        for registration in registrations {
            is_unavailable(&registration.await.expect("an answer"));
        }
        is_unavailable(&app.client().register(ARTHUR, PASSWORD).await);
        server.come_back().await;
        gate.let_pass(2);
        for email in emails {
            assert_eq!(app.client().register(&email, PASSWORD).await.status, 201, "{email}");
        }
    }
}

/// An app that reaches the running test's database by a way of the test's, which waits so long for an answer.
async fn by_a_way(connections: usize, patience: Duration) -> (Way, Server) {
    by_a_way_with(connections, patience, |setup| setup).await
}

async fn by_a_way_with(
    connections: usize,
    patience: Duration,
    set: impl FnOnce(Builder<Camelot>) -> Builder<Camelot>,
) -> (Way, Server) {
    let database = Database::create(Store::current()).await;
    let way = Way::to(&database.address(), "127.0.0.1").await;
    let place = Place {
        databases: AnyDatabase::default()
            .postgres(
                Postgres::default()
                    .connections(connections)
                    .connect_timeout(patience)
                    .response_timeout(patience),
            )
            .mysql(
                Mysql::default()
                    .connections(connections)
                    .connect_timeout(patience)
                    .response_timeout(patience),
            ),
        ..Place::default()
    };
    let address = PlaceConfig::Address(way.address.clone());
    let setup = |setup: Builder<Camelot>| set(setup.database(place));
    let app = Server::on(database, Options::default(), |config| config.database = address, setup).await;
    (way, app.expect("the app starts"))
}

/// Nobody can say whether a commit was made whose answer is lost: it is a 503, and asking again tells.
#[on_each_server]
async fn a_commit_without_an_answer_is_a_503() {
    let hooks = |setup: Builder<Camelot>| setup.transaction_hooks(Idle);
    let (way, app) = by_a_way_with(2, Duration::from_secs(30), hooks).await;
    let client = app.client();
    way.is(State::BreaksAfter(b"COMMIT"));
    is_unavailable(&client.register(ARTHUR, PASSWORD).await);
    until("it is done", async || app.database.rows().len() == 1).await;
    is_unavailable(&client.login(Backend::Db, ARTHUR, PASSWORD).await);
    way.is(State::Open);
    client.register(ARTHUR, PASSWORD).await.refuses(400, json!("REGISTER_USER_ALREADY_EXISTS"));
    let session = client.signed_in(Backend::Db, ARTHUR, PASSWORD).await;

    way.is(State::BreaksAfter(b"COMMIT"));
    is_unavailable(&session.post("/auth/db/logout").await);
    way.is(State::Open);
    session.get("/authenticated").await.refuses(401, json!("Unauthorized"));
}

/// A server that is there and says nothing, as one behind a broken line.
#[on_each_server]
async fn a_silent_server_is_given_up() {
    let (way, app) = by_a_way(2, Duration::from_secs(2)).await;
    app.user(ARTHUR, PASSWORD, |_| {}).await;
    let client = app.client();
    let session = client.signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    way.is(State::Silent);
    // One on a connection that was there, and one for which there is none.
    let reads = [session.clone(), session.clone()]
        .map(|session| tokio::spawn(async move { session.get("/authenticated").await }));
    for read in reads {
        is_unavailable(&read.await.expect("an answer"));
    }
    // What has fallen silent has left the pool.
    way.is(State::Open);
    session.get("/authenticated").await.is(200, &json!({ "message": format!("Hello {ARTHUR}!") }));
    way.is(State::Silent);
    is_unavailable(&session.post("/auth/db/logout").await);
    way.is(State::Open);
    assert_eq!(session.post("/auth/db/logout").await.status, 200);
}

/// The last words of a server may be of any language.
#[on_each_server]
async fn last_words_need_not_be_understood() {
    let server = OwnServer::start();
    let way = Way::to(&server.database().address(), "127.0.0.1").await;
    way.is(match Store::current() {
        Store::Postgres => State::Says(b"terminating connection", b"beendet die Verbindung"),
        _ => State::Says(b"Connection was killed", b"Verbindung ist zu En."),
    });
    let address = PlaceConfig::Address(way.address.clone());
    let app =
        Server::on(server.database(), Options::default(), |config| config.database = address, |setup| setup);
    let app = app.await.expect("the app starts");
    app.user(ARTHUR, PASSWORD, |_| {}).await;
    let client = app.client();
    let lock = server.database().lock("user").await;
    let waiting = tokio::spawn(async move { client.login(Backend::Jwt, ARTHUR, PASSWORD).await });
    let database = server.database();
    until("it waits", async || database.waiting() == 1).await;
    server.go(Outage::Stop).await;
    is_unavailable(&waiting.await.expect("an answer"));
    drop(lock);
}

/// Connections that broke while nobody used them cost no more than a request.
#[on_each_server]
async fn a_restart_that_nobody_saw_is_found_at_once() {
    let server = OwnServer::start();
    let gate = Gate::closed();
    let (place, hooks) = (place(4, Duration::from_secs(30)), gate.clone());
    let setup = |setup: Builder<Camelot>| {
        setup.database(place).transaction_hooks(hooks).transaction_hook_timeout(HELD)
    };
    let app = Server::on(server.database(), Options::default(), |_| {}, setup).await.expect("the app starts");
    let registrations = (0..4).map(|n| {
        let client = app.client();
        tokio::spawn(async move { client.register(&format!("held-{n}@camelot.bt"), PASSWORD).await })
    });
    let registrations = registrations.collect::<Vec<_>>();
    gate.is_reached_by(4).await;
    gate.let_pass(4);
    for registration in registrations {
        assert_eq!(registration.await.expect("an answer").status, 201);
    }
    server.go(Outage::Stop).await;
    server.come_back().await;
    let first = app.client().login(Backend::Db, "held-0@camelot.bt", PASSWORD).await;
    assert!([200, 503].contains(&first.status.as_u16()), "{}", first.text);
    for n in 0..4 {
        drop(app.client().signed_in(Backend::Db, &format!("held-{n}@camelot.bt"), PASSWORD).await);
    }
}

/// A hook may give up a statement of its own; what comes after it must not take that one's answer for its own.
#[on_each_server]
async fn a_hook_that_gives_up_a_statement_is_no_false_success() {
    struct Impatient;

    impl TransactionHooks<User, PlaceTransaction> for Impatient {
        async fn on_register(
            &self,
            user: &User,
            _: &RequestInfo,
            connection: &mut PlaceTransaction,
        ) -> HookResult {
            if user.email != MERLIN {
                return Ok(());
            }
            let brief = Duration::from_millis(100);
            let connection = connection.any();
            if let Some(connection) = connection.postgres() {
                drop(tokio::time::timeout(brief, connection.batch_execute("SELECT pg_sleep(1)")).await);
            } else if let Some(connection) = connection.mysql() {
                drop(tokio::time::timeout(brief, connection.batch_execute("DO sleep(1)")).await);
            }
            Ok(())
        }
    }

    let database = Database::create(Store::current()).await;
    let setup = |setup: Builder<Camelot>| {
        setup.database(place(1, Duration::from_secs(30))).transaction_hooks(Impatient)
    };
    let app = Server::on(database, Options::default(), |_| {}, setup).await.expect("the app starts");
    let client = app.client();
    let answer = client.register(MERLIN, PASSWORD).await;
    let is_there = || app.database.rows().iter().any(|row| row.email == MERLIN);
    if Store::current() == Store::Postgres {
        // Its answers can't be taken for one another.
        assert!(answer.status == 201 && is_there(), "{}", answer.text);
    } else {
        is_unavailable(&answer);
        assert!(!is_there());
    }
    for _ in 0..3 {
        client.login(Backend::Db, ARTHUR, PASSWORD).await.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    }
    assert_eq!(client.register(ARTHUR, PASSWORD).await.status, 201);
    drop(client.signed_in(Backend::Db, ARTHUR, PASSWORD).await);
}

/// What a connection has prepared may go out of date with a migration, while the app runs.
#[on_each_server]
async fn a_migration_costs_no_more_than_a_request() {
    let app = server_with(1).await;
    app.user(ARTHUR, PASSWORD, |_| {}).await;
    let sessions =
        [Backend::Jwt, Backend::Db].map(|backend| app.client().signed_in(backend, ARTHUR, PASSWORD));
    let [jwt, db] = sessions;
    let sessions = [jwt.await, db.await];
    for length in [100, 200] {
        let greeting = json!({ "message": format!("Hello {ARTHUR}!") });
        for session in &sessions {
            session.get("/authenticated").await.is(200, &greeting);
        }
        app.database.execute(&match Store::current() {
            Store::Postgres => format!("ALTER TABLE \"user\" ALTER display_name TYPE VARCHAR({length})"),
            _ => format!("ALTER TABLE \"user\" MODIFY display_name VARCHAR({length})"),
        });
        let first = sessions[0].get("/authenticated").await;
        if first.status != 200 {
            is_unavailable(&first);
        }
        for session in &sessions {
            session.get("/authenticated").await.is(200, &greeting);
        }
    }
}
