//! What is counted for limits: in Redis by itself, and in the process while Redis is away.

use axum_users::limit::RedisCounters;
use axum_users::prelude::*;
use axum_users_tests::redis_server::{RedisProcess, command, until};
use axum_users_tests::{Backend, Options, Server};
use serde_json::json;

use crate::common::{ARTHUR, PASSWORD};
use crate::declared;

const LIMITS: Limits = Limits { passwords: Some(Rate::new(3, HOUR)), ..Limits::OFF };

/// An app with `redis:` in its `auth_app!` counts there, and nothing of an address or an account can be read from it.
#[tokio::test(flavor = "multi_thread")]
async fn an_app_with_redis_counts_there() {
    let Some(redis) = RedisProcess::start(&[]) else { return };
    let (castle, _folder) = declared::start(redis.url().into()).await.expect("it starts");
    let serving = declared::serve(&castle).await;
    for _ in 0..2 {
        let answer = serving.client().login(Backend::Redis, ARTHUR, "guess").await;
        answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    }
    let mut keys = redis.run::<Vec<String>>(&command(&["KEYS", "*"]));
    keys.sort();
    // By client; by account and client; by account.
    assert_eq!(keys.len(), 3, "{keys:?}");
    for key in &keys {
        assert!(key.starts_with("axum-users:limit:") && key.len() == "axum-users:limit:".len() + 22, "{key}");
        let lifetime = redis.run::<i64>(&command(&["PTTL", key]));
        assert!((1..=HOUR.as_millis()).contains(&u128::try_from(lifetime).expect("it ends")), "{lifetime}");
    }
}

/// Nobody is let through uncounted, and nobody is kept out because Redis is.
#[tokio::test(flavor = "multi_thread")]
async fn while_redis_is_away_each_process_counts_for_itself() {
    let Some(mut redis) = RedisProcess::start(&[]) else { return };
    let connection = RedisServer.connect(redis.url()).await.expect("Redis is there");
    let server = Server::of(
        Options { limits: Some(LIMITS), ..Options::default() },
        |_| {},
        |setup| setup.counters(RedisCounters::new(connection)),
    );
    let server = server.await.expect("the app starts");
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    let refusals = || async {
        let mut statuses = Vec::new();
        for _ in 0..5 {
            statuses.push(server.client().login(Backend::Jwt, ARTHUR, "guess").await.status.as_u16());
        }
        statuses
    };
    assert_eq!(refusals().await, [400, 400, 400, 429, 429]);
    redis.stop();
    assert_eq!(refusals().await, [400, 400, 400, 429, 429]);
    server.clock.advance(HOUR);
    assert_eq!(server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
    redis.start_again();
    // It has forgotten everything, and counts again.
    until(|| async { RedisServer.connect(redis.url()).await.is_ok() }).await;
    assert_eq!(refusals().await, [400, 400, 400, 429, 429]);
}
