//! A database, or a Redis, that goes away under load and comes back: what can't be done meanwhile is a 503 and nothing else, what was
//! answered with success is there, and the app goes on by itself, with as many connections as before.

use std::time::Duration;

use axum_users::prelude::*;
use axum_users_tests::redis_server::RedisProcess;
use axum_users_tests::{Backend, Database, Options, Server, on_each_server};
use serde_json::json;

use crate::common::{Gate, HELD, PASSWORD, place, until};
use crate::load::{Life, Load};
use crate::own_server::{Outage, OwnServer};

const CONNECTIONS: usize = 4;

#[on_each_server]
async fn a_stop_and_a_crash() {
    let server = OwnServer::start();
    let gate = Gate::closed();
    let (place, hooks) = (place(CONNECTIONS, Duration::from_secs(30)), gate.clone());
    let setup = |setup: axum_users::app::Builder<_>| {
        setup.database(place).transaction_hooks(hooks).transaction_hook_timeout(HELD)
    };
    let app = Server::on(server.database(), Options::default(), |_| {}, setup).await.expect("the app starts");

    let load = Load::start(&app.client(), Backend::all());
    load.goes_on_for(1).await;
    for outage in [Outage::Stop, Outage::Kill] {
        let before = load.refusals();
        load.goes_on_for(1).await;
        assert_eq!(load.refusals(), before, "refused although the database is there, before {outage:?}");
        server.go(outage).await;
        load.is_refused().await;
        server.come_back().await;
        load.goes_on_for(2).await;
    }
    let lives = load.end().await;

    are_all_there(&app, &lives).await;
    let database = server.database();
    until("no connection is left over", async || connections(&database) <= CONNECTIONS as i64).await;
    all_connections_work(&app, &gate).await;
    assert!(connections(&database) <= CONNECTIONS as i64);
}

/// The same for the Redis that tokens lie in. It writes each to its file before it answers.
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_of_redis() {
    let Some(mut redis) = RedisProcess::start(&["--appendonly", "yes", "--appendfsync", "always"]) else {
        return;
    };
    let connection = RedisOptions::default().connect(redis.url()).await.expect("Redis answers");
    let app = Server::with(Options { redis: Some(connection), ..Options::default() }).await;
    let load = Load::start(&app.client(), [Backend::Redis, Backend::RedisCookie]);
    for _ in 0..2 {
        let before = load.refusals();
        load.goes_on_for(1).await;
        assert_eq!(load.refusals(), before, "refused although Redis is there");
        redis.stop();
        load.is_refused().await;
        redis.start_again();
        load.goes_on_for(2).await;
    }
    are_all_there(&app, &load.end().await).await;
}

/// Everything that was answered with success is in the database, and counts.
async fn are_all_there(app: &Server, lives: &[Life]) {
    let mut told = lives.iter().map(|life| life.email.as_str()).collect::<Vec<_>>();
    told.sort_unstable();
    let rows = app.database.rows();
    assert_eq!(rows.iter().map(|row| row.email.as_str()).collect::<Vec<_>>(), told);
    assert!(rows.iter().all(|row| row.display_name.as_ref() == Some(&row.email)));
    for life in lives {
        let greeting = json!({ "message": format!("Hello {}!", life.email) });
        life.present.get("/authenticated").await.is(200, &greeting);
        life.gone.get("/authenticated").await.refuses(401, json!("Unauthorized"));
        drop(app.client().signed_in(life.backend, &life.email, PASSWORD).await);
    }
}

/// How many connections others than this one have to the database.
fn connections(database: &Database) -> i64 {
    database.number(match database {
        Database::Postgres(_) => {
            "SELECT count(*) AS value FROM pg_stat_activity WHERE datname = current_database() \
             AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        }
        _ => {
            "SELECT count(*) AS value FROM information_schema.processlist \
             WHERE db = database() AND id <> connection_id()"
        }
    })
}

/// As many transactions as the pool has connections are open at the same moment.
async fn all_connections_work(app: &Server, gate: &Gate) {
    let registrations = (0..CONNECTIONS).map(|n| {
        let client = app.client();
        tokio::spawn(async move { client.register(&format!("held-{n}@camelot.bt"), PASSWORD).await })
    });
    let registrations = registrations.collect::<Vec<_>>();
    gate.is_reached_by(CONNECTIONS).await;
    gate.let_pass(CONNECTIONS);
    for registration in registrations {
        let answer = registration.await.expect("an answer");
        assert_eq!(answer.status, 201, "{}", answer.text);
    }
}
