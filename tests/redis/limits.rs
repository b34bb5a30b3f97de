//! What is counted for limits: in Redis by itself, and in the process while Redis is away.

use std::time::{Duration, Instant};

use axum_users::limit::RedisCounters;
use axum_users::prelude::*;
use axum_users_tests::redis_server::{RedisProcess, command, until};
use axum_users_tests::{Backend, Options, Server};
use serde_json::json;

use crate::common::{ARTHUR, PASSWORD};
use crate::declared;

fn limits() -> Limits {
    Limits::OFF.passwords(Rate::new(3, HOUR))
}

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
    // The counters of the client's network, and that of the account.
    assert_eq!(keys.len(), 2, "{keys:?}");
    for key in &keys {
        assert!(key.starts_with("axum-users:limit:") && key.len() == "axum-users:limit:".len() + 22, "{key}");
        let lifetime = redis.run::<i64>(&command(&["PTTL", key]));
        assert!((1..=HOUR.as_millis()).contains(&u128::try_from(lifetime).expect("it ends")), "{lifetime}");
    }
}

/// A Redis that holds its connections open and answers nothing delays no sign-in for long. Each process goes on from what
/// Redis last answered, and Redis from what the process has counted meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_silent_redis_delays_no_sign_in_and_resets_no_limit() {
    let Some(redis) = RedisProcess::start(&[]) else { return };
    let node = || async {
        let connection = RedisOptions::default().connect(redis.url()).await.expect("Redis answers");
        let limits = Limits::default().passwords(Rate::new(3, HOUR)).sign_in(None);
        let server = Server::of(
            Options { limits: Some(limits), ..Options::default() },
            |_| {},
            |setup| setup.counters(RedisCounters::new(connection)),
        );
        let server = server.await.expect("the app starts");
        server.user(ARTHUR, PASSWORD, |_| {}).await;
        server
    };
    let [first, second] = [node().await, node().await];
    let guess = |server: &Server, email: &'static str, times: usize| {
        let clients = (0..times).map(|n| (server.client(), Backend::nth(n))).collect::<Vec<_>>();
        async move {
            let mut statuses = Vec::new();
            for (client, backend) in clients {
                statuses.push(client.login(backend, email, "guess").await.status.as_u16());
            }
            statuses
        }
    };
    let mordred = "mordred@camelot.bt";
    // The first node has seen one of them, and the second one that both are there.
    assert_eq!(guess(&first, ARTHUR, 1).await, [400]);
    assert_eq!(guess(&second, ARTHUR, 1).await, [400]);
    redis.suspend(true);
    let start = Instant::now();
    assert_eq!(guess(&second, ARTHUR, 3).await, [400, 429, 429], "the silence gives no guess back");
    assert_eq!(guess(&second, mordred, 5).await, [400, 400, 400, 429, 429]);
    let took = start.elapsed();
    assert!(took < Duration::from_secs(4), "eight sign-ins take {took:?}");
    // After the pause one request asks in vain, and the others go on.
    second.clock.advance(Duration::from_secs(5));
    let start = Instant::now();
    assert_eq!(guess(&second, mordred, 10).await, [429; 10]);
    let took = start.elapsed();
    assert!(took < Duration::from_secs(4), "ten sign-ins take {took:?}");

    redis.suspend(false);
    until(|| async { RedisOptions::default().connect(redis.url()).await.is_ok() }).await;
    second.clock.advance(Duration::from_secs(5));
    assert_eq!(guess(&second, mordred, 3).await, [429; 3], "the answer gives no guess back");
    // What this node counted by itself has reached the other one by way of Redis.
    assert_eq!(guess(&first, mordred, 2).await, [429; 2]);
}

/// Nobody is let through uncounted, and nobody is kept out because Redis is unreachable.
#[tokio::test(flavor = "multi_thread")]
async fn while_redis_is_unreachable_each_process_counts_for_itself() {
    let Some(mut redis) = RedisProcess::start(&[]) else { return };
    let connection = RedisOptions::default().connect(redis.url()).await.expect("Redis is there");
    let server = Server::of(
        Options { limits: Some(limits()), ..Options::default() },
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
    assert_eq!(refusals().await, [429; 5], "the outage gives no guess back");
    server.clock.advance(HOUR);
    assert_eq!(server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
    assert_eq!(refusals().await, [400, 400, 400, 429, 429]);
    redis.start_again();
    until(|| async { RedisOptions::default().connect(redis.url()).await.is_ok() }).await;
    server.clock.advance(Duration::from_secs(5));
    // Redis has forgotten everything, and learns from the process what is used up.
    assert_eq!(refusals().await, [429; 5]);
}

/// F82: sessions are in the same Redis. A network has room for a thousand keys there, and shares one of each limit after
/// that. Only its strangers notice.
#[tokio::test(flavor = "multi_thread")]
async fn one_network_has_at_most_a_thousand_keys_in_redis() {
    let Some(redis) = RedisProcess::start(&[]) else { return };
    for limits in
        [Limits::OFF.passwords(Rate::new(3, HOUR)), Limits::OFF.passwords_per_account(Rate::new(3, HOUR))]
    {
        redis.run::<()>(&command(&["FLUSHALL"]));
        let connection = RedisOptions::default().counter_timeout(MINUTE).connect(redis.url());
        let connection = connection.await.expect("Redis answers");
        let limits = limits.passwords_per_account(Rate::new(3, HOUR));
        let server = Server::of(
            Options { limits: Some(limits.clone()), ..Options::default() },
            |_| {},
            |setup| {
                let proxies = "127.0.0.1".parse().expect("an IP");
                setup.trusted_proxies(proxies).counters(RedisCounters::new(connection))
            },
        );
        let server = server.await.expect("the app starts");
        server.user(ARTHUR, PASSWORD, |_| {}).await;
        let at = |ip: &str| server.client().with("x-forwarded-for", ip);
        assert_eq!(at("198.51.100.1").login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
        let mut refused = 0;
        for hundred in 0..15 {
            let answers = axum_users_tests::at_once(100, |n| {
                let client = at(&format!("198.51.100.{n}"));
                let email = format!("knight{}@camelot.bt", 100 * hundred + n);
                async move { client.login(Backend::Jwt, &email, "guess").await.status.as_u16() }
            });
            refused += answers.await.into_iter().filter(|status| *status == 429).count();
        }
        assert!(
            refused > 300,
            "strangers of the network share a counter after the first thousand: {refused}"
        );
        let mut keys = 0;
        for key in redis.run::<Vec<String>>(&command(&["KEYS", "axum-users:limit:*"])) {
            let is_set = redis.run::<String>(&command(&["TYPE", &key])) == "zset";
            let members = if is_set { redis.run::<usize>(&command(&["ZCARD", &key])) } else { 0 };
            assert!(members <= 1_004, "{members}");
            keys += members;
        }
        assert!(keys >= 1_000, "{keys}");
        let keys = redis.run::<usize>(&command(&["DBSIZE"]));
        assert!(keys <= 1_004, "{keys}");
        assert_eq!(at("203.0.113.1").login(Backend::Jwt, "galahad@camelot.bt", "guess").await.status, 400);
        for _ in 0..5 {
            assert_eq!(at("198.51.100.1").login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
        }
    }
}

/// F82: a provider's /32 has thousands of /48s. All of them together have room for ten thousand keys; then each /48 shares
/// one, and then the /32. Clients of other networks do not notice.
#[tokio::test(flavor = "multi_thread")]
async fn all_networks_of_one_32_have_at_most_ten_thousand_keys_in_redis() {
    let Some(redis) = RedisProcess::start(&[]) else { return };
    let connection = RedisOptions::default().counter_timeout(MINUTE).connect(redis.url());
    let connection = connection.await.expect("Redis answers");
    let server = Server::of(
        Options { limits: Some(Limits::OFF.tokens(Rate::new(1, HOUR))), ..Options::default() },
        |_| {},
        |setup| {
            let proxies = "127.0.0.1".parse().expect("an IP");
            setup.trusted_proxies(proxies).counters(RedisCounters::new(connection))
        },
    );
    let server = server.await.expect("the app starts");
    let tries = async |ip: &str| {
        let client = server.client().with("x-forwarded-for", ip);
        client.post_json("/auth/verify", json!({ "token": "none" })).await.status.as_u16()
    };
    // Each network has two counters: of its client and of all of it.
    let mut tried = [0, 0];
    for hundred in 0..70 {
        let tries = &tries;
        let statuses = futures_util::future::join_all((0..100).map(async |n| {
            let site = 100 * hundred + n;
            tries(&format!("2001:db8:{site:x}::1")).await
        }));
        for status in statuses.await {
            assert!([400, 429].contains(&status), "{status}");
            tried[usize::from(status == 429)] += 1;
        }
    }
    // 5,000 networks have their own, about 1,000 share one each, and the others a hundred clients' rates.
    assert!((5_900..=6_100).contains(&tried[0]), "{tried:?}");
    let keys = redis.run::<Vec<String>>(&command(&["KEYS", "*"]));
    let members = keys.iter().map(|key| redis.run::<usize>(&command(&["ZCARD", key]))).collect::<Vec<_>>();
    let most = members.iter().max().copied().unwrap_or_default();
    assert!((11_000..=11_010).contains(&most), "the set of the /32 has all of them: {most}");
    assert!(members.iter().sum::<usize>() <= 2 * 11_010, "{}", members.iter().sum::<usize>());
    for key in &keys {
        assert!(redis.run::<i64>(&command(&["PTTL", key])) > 0, "{key} expires");
    }
    // A newcomer of the /32, a client of it that has its counter, and clients elsewhere.
    assert_eq!(tries("2001:db8:ffff::1").await, 429);
    assert_eq!(tries("2001:db8:1::1").await, 429);
    for ip in ["2001:db9:1::1", "2001:db9:2::1", "198.51.100.1", "203.0.113.1"] {
        assert_eq!([tries(ip).await, tries(ip).await], [400, 429], "{ip}");
    }
}

/// A password that is too long costs no hash, and so it must cost no key either.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_too_long_makes_no_key() {
    let Some(redis) = RedisProcess::start(&[]) else { return };
    let (castle, _folder) = declared::start(redis.url().into()).await.expect("it starts");
    let serving = declared::serve(&castle).await;
    for n in 0..50 {
        let email = format!("knight{n}@camelot.bt");
        let answer = serving.client().login(Backend::Redis, &email, &"x".repeat(1025)).await;
        answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    }
    assert_eq!(redis.run::<usize>(&command(&["DBSIZE"])), 0);
}

/// A Redis that evicts keys ends sessions.
#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_evicts_keys_is_reported() {
    for (policy, is_reported) in [("noeviction", false), ("allkeys-lru", true), ("volatile-ttl", true)] {
        let Some(redis) = RedisProcess::start(&["--maxmemory-policy", policy]) else { return };
        let (castle, _folder) = declared::start(redis.url().into()).await.expect("it starts");
        let report = Manager::for_code(castle).check().await.expect("a report");
        let expected = format!(
            "worth knowing: Redis evicts keys by the policy `{policy}` when its memory is full, and sessions and limits with \
             them: set `maxmemory-policy noeviction`"
        );
        let lines = report.findings().iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(lines, if is_reported { vec![expected] } else { Vec::new() });
    }
}
