//! A master that Sentinel watches over, and its replica.

use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users_tests::Server;
use axum_users_tests::redis_server::{RedisProcess, command, until};
use serde_json::json;

use crate::common::{ARTHUR, BOTH, PASSWORD, arthur, is_in, record_key, token_of, with_connection};

/// A master with a replica, and what watches them.
struct Watched {
    master: RedisProcess,
    replica: RedisProcess,
    sentinel: RedisProcess,
}

impl Watched {
    async fn start() -> Option<Self> {
        let master = RedisProcess::start(&[])?;
        let port = master.port().to_string();
        let replica = RedisProcess::start(&["--replicaof", "127.0.0.1", &port])?;
        let sentinel = RedisProcess::start_sentinel(&format!(
            "sentinel monitor camelot 127.0.0.1 {port} 1\n\
             sentinel down-after-milliseconds camelot 500\n\
             sentinel failover-timeout camelot 2000\n"
        ))?;
        let watched = Self { master, replica, sentinel };
        // It takes over only what it knows, and what has caught up.
        until(|| async {
            let replicas: Vec<redis::Value> =
                watched.sentinel.run(&command(&["SENTINEL", "REPLICAS", "camelot"]));
            replicas.len() == 1
        })
        .await;
        Some(watched)
    }

    /// A server that asks the sentinel.
    async fn server(&self) -> Server {
        let config = RedisAddress::sentinel([self.sentinel.url()], "camelot");
        with_connection(Compat::None, RedisOptions::default().connect(config).await.expect("a master")).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_failover_requests_go_to_the_new_master() {
    let Some(mut watched) = Watched::start().await else { return };
    let server = watched.server().await;
    let session = arthur(&server, BOTH[0]).await;
    assert!(is_in(&session).await);
    let key = record_key(&token_of(&session));
    until(|| async { watched.replica.run::<bool>(&command(&["EXISTS", &key])) }).await;

    watched.master.stop();
    let answer = session.get("/authenticated").await;
    assert!([200, 503].contains(&answer.status.as_u16()), "{}", answer.text);
    until(|| async { session.get("/authenticated").await.status == 200 }).await;
    until(|| async { server.client().login(BOTH[0], ARTHUR, PASSWORD).await.status == 200 }).await;
    assert_eq!(session.patch("/users/me", json!({ "password": "lancelot" })).await.status, 200);
    assert!(is_in(&session).await);

    // The old one comes back, and nobody minds.
    watched.master.start_again();
    assert!(is_in(&session).await);
    assert!(is_in(&server.client().signed_in(BOTH[1], ARTHUR, "lancelot").await).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_that_becomes_a_replica_is_left() {
    let Some(watched) = Watched::start().await else { return };
    let server = watched.server().await;
    arthur(&server, BOTH[0]).await;
    // It may not know yet how far its replica has come.
    let failover = command(&["SENTINEL", "FAILOVER", "camelot"]);
    until(|| async { watched.sentinel.ask::<()>(&failover).is_ok() }).await;
    let new = watched.replica.port().to_string();
    until(|| async {
        let named = watched.sentinel.run::<Vec<String>>(&command(&["SENTINEL", "MASTER", "camelot"]));
        named.contains(&new)
    })
    .await;
    // Sentinel would do so in some seconds, and hang up. Who is still connected is refused what it writes.
    watched.master.run::<()>(&command(&["REPLICAOF", "127.0.0.1", &new]));
    assert!(is_in(&arthur(&server, BOTH[0]).await).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_masters_address_has_its_password_and_database() {
    let Some(master) = RedisProcess::start(&[]) else { return };
    let sentinel = RedisProcess::start_sentinel(&format!(
        "sentinel monitor camelot 127.0.0.1 {} 1\nsentinel auth-pass camelot excalibur\n",
        master.port()
    ));
    let Some(sentinel) = sentinel else { return };
    master.run::<()>(&command(&["CONFIG", "SET", "requirepass", "excalibur"]));
    let config = |master: &str| RedisAddress::sentinel([sentinel.url()], master);
    assert!(RedisOptions::default().connect(config("camelot")).await.is_err(), "without the password");
    assert!(RedisOptions::default().connect(config("avalon")).await.is_err(), "nobody's name");
    let connection =
        RedisOptions::default().connect(config("redis://:excalibur@camelot/3")).await.expect("a master");
    let server = with_connection(Compat::None, connection).await;
    let session = arthur(&server, BOTH[0]).await;
    assert!(is_in(&session).await);
    let url = master.url().replace("redis://", "redis://:excalibur@");
    let mut third =
        redis::Client::open(format!("{url}/3")).expect("an address").get_connection().expect("Redis");
    let key = record_key(&token_of(&session));
    assert!(command(&["EXISTS", &key]).query::<bool>(&mut third).expect("an answer"));
}
