//! How often a thing may be tried. What is counted is counted alike, wherever that is.

mod changes;
mod clients;
mod known;
mod outages;
mod passwords;
mod spellings;

use std::time::Duration;

use axum_users::app::Builder;
use axum_users::limit::RedisCounters;
use axum_users::prelude::*;
use axum_users::redis::RedisConnection;
use axum_users_tests::{Answer, Camelot, CamelotConfig, Client, Options, Server, Store, left_out};
use serde_json::json;

use crate::common::{ARTHUR, PASSWORD};

const NOBODY: &str = "mordred@camelot.bt";
const MINUTE: Duration = Duration::from_secs(60);

/// What counts.
#[derive(Clone, Debug)]
enum Counts {
    Here,
    InRedis(RedisConnection),
    InDatabase,
}

/// The process's memory, the database, where it is one, and a Redis, where there is one.
async fn counters() -> Vec<Counts> {
    let mut all = vec![Counts::Here];
    if Store::current() != Store::Memory {
        all.push(Counts::InDatabase);
    }
    match std::env::var("TEST_REDIS_URL") {
        Ok(url) if !url.is_empty() => {
            // Other tests keep the machine busy: a slow answer must not have a node count for itself.
            let server = RedisOptions::default().counter_timeout(MINUTE);
            all.push(Counts::InRedis(server.connect(url).await.expect("Redis answers")));
        }
        _ => left_out("TEST_REDIS_URL"),
    }
    all
}

/// An app with these limits, which takes what tests say of their address for true, and with Arthur.
async fn limited(counts: &Counts, limits: Limits, policy: Policy) -> Server {
    // What is counted is counted under the app's secret: apps that share a Redis do not meet there.
    let secret = Uuid::new_v4().to_string();
    let server = start(counts, limits, policy, |config| config.secret = secret.into()).await;
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    server
}

async fn start(
    counts: &Counts,
    limits: Limits,
    policy: Policy,
    config: impl FnOnce(&mut CamelotConfig),
) -> Server {
    start_as(counts, limits, policy, config, |setup| setup).await
}

/// An app that is set up otherwise.
async fn start_with(
    counts: &Counts,
    limits: Limits,
    policy: Policy,
    more: impl FnOnce(Builder<Camelot>) -> Builder<Camelot>,
) -> Server {
    let secret = Uuid::new_v4().to_string();
    start_as(counts, limits, policy, |config| config.secret = secret.into(), more).await
}

async fn start_as(
    counts: &Counts,
    limits: Limits,
    policy: Policy,
    config: impl FnOnce(&mut CamelotConfig),
    more: impl FnOnce(Builder<Camelot>) -> Builder<Camelot>,
) -> Server {
    let counted =
        if let Counts::InDatabase = counts { LimitStorage::Database } else { LimitStorage::RedisOrMemory };
    let limits = Some(limits.storage(counted));
    let proxies = "127.0.0.1".parse().expect("an address");
    let server = Server::of(Options { limits, policy, ..Options::default() }, config, |setup| {
        let setup = more(setup).trusted_proxies(proxies);
        match counts {
            Counts::Here | Counts::InDatabase => setup,
            Counts::InRedis(redis) => setup.counters(RedisCounters::new(redis.clone())),
        }
    });
    server.await.expect("the app starts")
}

/// A client at one of many addresses.
fn client_at(server: &Server, n: usize) -> Client {
    server.client().with("x-forwarded-for", &format!("198.51.{}.{}", n / 256, n % 256))
}

#[track_caller]
fn is_too_many(answer: &Answer, seconds: u64) {
    answer.refuses(429, json!("Too Many Requests"));
    assert_eq!(answer.header("retry-after"), seconds.to_string());
    assert_eq!(answer.header("cache-control"), "no-store");
}

const OFF: Limits = Limits::OFF;
