//! Redis goes, and comes back.

use std::time::Duration;

use axum_users::app::StartError;
use axum_users::prelude::*;
use axum_users::redis::RedisError;
use axum_users::store::{Compat, StoreError};
use axum_users_tests::redis_server::{RedisProcess, free_port, until};
use axum_users_tests::{Backend, Client};
use serde_json::json;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::common::{
    ARTHUR, BOTH, COMPAT_MODES, PASSWORD, arthur, camelot, id_of, is_in, merlin, with_connection,
};
use crate::declared;

/// What has been written is there again after a start.
const DURABLE: [&str; 4] = ["--appendonly", "yes", "--appendfsync", "always"];

/// A 503 that says when to come again.
async fn is_unavailable(client: &Client) {
    let answer = client.get("/authenticated").await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    assert!(answer.header("retry-after").parse::<u64>().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_a_503_and_passes() {
    let Some(mut redis) = RedisProcess::start(&DURABLE) else { return };
    for compat in COMPAT_MODES {
        let server = camelot(compat, &redis.url()).await;
        let merlin = merlin(&server).await;
        let (session, jwt) = (arthur(&server, BOTH[0]).await, arthur(&server, Backend::Jwt).await);
        let path = format!("/users/{}", id_of(&session).await);
        redis.stop();
        is_unavailable(&session).await;
        assert_eq!(server.client().login(BOTH[0], ARTHUR, PASSWORD).await.status, 503);
        assert_eq!(session.post("/auth/redis/logout").await.status, 503);
        assert!(is_in(&jwt).await, "{compat:?}: what needs no Redis goes on");
        // It is done, though what was to be told to Redis is not.
        assert_eq!(merlin.patch(&path, json!({ "password": "lancelot" })).await.status, 503);
        assert!(!is_in(&jwt).await);

        redis.start_again();
        until(|| async { session.get("/authenticated").await.status != 503 }).await;
        assert!(!is_in(&session).await, "{compat:?}: the password has changed in the meantime");
        let new = server.client().signed_in(BOTH[0], ARTHUR, "lancelot").await;
        assert!(is_in(&new).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_that_nobody_saw_costs_no_request() {
    let Some(mut redis) = RedisProcess::start(&DURABLE) else { return };
    for compat in COMPAT_MODES {
        let server = camelot(compat, &redis.url()).await;
        let session = arthur(&server, BOTH[0]).await;
        for _ in 0..3 {
            redis.stop();
            redis.start_again();
            assert!(is_in(&session).await, "{compat:?}");
            redis.stop();
            redis.start_again();
            assert!(is_in(&arthur(&server, BOTH[1]).await).await, "{compat:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_server_is_given_up_and_found_again() {
    let Some(redis) = RedisProcess::start(&[]) else { return };
    let short = Duration::from_millis(300);
    let server = RedisOptions::default().connection_timeout(short).response_timeout(short);
    let connection = server.connect(redis.url()).await.expect("Redis is there");
    let server = with_connection(Compat::None, connection).await;
    let session = arthur(&server, BOTH[0]).await;
    redis.suspend(true);
    let together = (0..20).map(|_| {
        let session = session.clone();
        tokio::spawn(async move { is_unavailable(&session).await })
    });
    for request in together.collect::<Vec<_>>() {
        request.await.expect("a 503");
    }
    is_unavailable(&session).await;
    redis.suspend(false);
    until(|| async { session.get("/authenticated").await.status == 200 }).await;
}

/// A way to a server, and what has each connection on it that is open fall silent for good.
async fn fragile_way_to(redis: &RedisProcess) -> (String, watch::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let way = format!("redis://{}", listener.local_addr().expect("an address"));
    let (silence, port) = (watch::Sender::new(()), redis.port());
    let silenced = silence.clone();
    tokio::spawn(async move {
        loop {
            let (mut near, _) = listener.accept().await.expect("a connection");
            let mut silenced = silenced.subscribe();
            tokio::spawn(async move {
                let mut far = TcpStream::connect(("127.0.0.1", port)).await.expect("Redis is there");
                tokio::select! {
                    _ = copy_bidirectional(&mut near, &mut far) => {}
                    // Both ends stay open.
                    _ = silenced.changed() => std::future::pending().await,
                }
            });
        }
    });
    (way, silence)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_has_fallen_silent_is_replaced() {
    let Some(redis) = RedisProcess::start(&[]) else { return };
    let (way, silence) = fragile_way_to(&redis).await;
    let server = RedisOptions::default().response_timeout(Duration::from_millis(300));
    let server = with_connection(Compat::None, server.connect(way).await.expect("Redis is there")).await;
    let session = arthur(&server, BOTH[0]).await;
    for _ in 0..3 {
        silence.send_replace(());
        is_unavailable(&session).await;
        until(|| async { session.get("/authenticated").await.status == 200 }).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_does_not_start_without_its_redis() {
    let nobody = format!("redis://127.0.0.1:{}", free_port());
    assert!(matches!(RedisOptions::default().connect(&*nobody).await, Err(RedisError::Unavailable(_))));
    let cluster = RedisAddress::cluster([&*nobody]);
    assert!(matches!(RedisOptions::default().connect(cluster).await, Err(RedisError::Unavailable(_))));
    let watched = RedisAddress::sentinel([&*nobody], "mymaster");
    assert!(matches!(RedisOptions::default().connect(watched).await, Err(RedisError::Unavailable(_))));
    let error = declared::start(nobody.into()).await.expect_err("nobody is there");
    assert!(matches!(error, StartError::Store(StoreError::Unavailable(_))), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_can_not_be_read_says_so() {
    for address in ["", "localhost", "http://localhost", "redis://:guinevere@localhost:port"] {
        for config in
            [address.into(), RedisAddress::cluster([address]), RedisAddress::sentinel([address], "mymaster")]
        {
            let error = RedisOptions::default().connect(config).await.expect_err("no address");
            assert!(matches!(error, RedisError::Address(_)), "{address}: {error:?}");
            assert!(!format!("{error:?} {error}").contains("guinevere"), "{error:?}");
        }
    }
    let nowhere: [&str; 0] = [];
    for config in [RedisAddress::cluster(nowhere), RedisAddress::sentinel(nowhere, "mymaster")] {
        let error = RedisOptions::default().connect(config).await.expect_err("no address");
        assert!(matches!(error, RedisError::Address(_)), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_given_to_redis_and_not_told() {
    let Some(redis) = RedisProcess::start(&[]) else { return };
    redis.run::<()>(&axum_users_tests::redis_server::command(&["CONFIG", "SET", "requirepass", "excalibur"]));
    let with = |password: &str| redis.url().replace("redis://", &format!("redis://:{password}@"));
    let server = camelot(Compat::None, &with("excalibur")).await;
    assert!(is_in(&arthur(&server, BOTH[0]).await).await);
    let error = RedisOptions::default().connect(with("caledfwlch")).await.expect_err("a wrong password");
    let source = std::error::Error::source(&error).map(ToString::to_string);
    assert!(!format!("{error:?} {error} {source:?}").contains("caledfwlch"));
}
