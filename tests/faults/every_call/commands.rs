//! The same for the commands to a Redis: each goes wrong once, and the connection with it.
//!
//! A command that a lost connection was busy with is run once more: one that was done already must do no harm. Where Redis
//! stays away the answer is a 503, and what lies in the app's own store is done as a whole or not at all.

use axum_users::prelude::*;
use axum_users_tests::redis_server::AnyRedis;
use axum_users_tests::scene::COMPAT_MODES;
use axum_users_tests::{Backend, Fault, Faults, Options, Server};

use super::passwords::{Change, Reset};
use super::people::{Deactivate, Delete};
use super::sessions::{SignIn, SignOut};
use super::{Deed, World, calls, goes_wrong};
use crate::common::PASSWORD;
use crate::redis_way::RedisWay;

/// A world whose Redis lies behind a way.
async fn world(compat: axum_users::compat::Compat, redis: &AnyRedis, faults: &Faults) -> (World, RedisWay) {
    let way = RedisWay::to(redis.url(), faults.clone()).await;
    let connection = RedisOptions::default().connect(&*way.url).await.expect("Redis is there");
    let options = Options { compat, redis: Some(connection), ..Options::default() };
    (World::on(options).await, way)
}

async fn every_command_goes_wrong<D: Deed>(deeds: impl IntoIterator<Item = D>) {
    let Some(redis) = AnyRedis::find() else { return };
    let deeds = deeds.into_iter().collect::<Vec<_>>();
    for compat in COMPAT_MODES {
        let faults = Faults::default();
        let (world, _way) = world(compat, &redis, &faults).await;
        for deed in &deeds {
            let commands = calls(&world, &faults, deed).await;
            for n in 0..commands.len() {
                for fault in deed.faults() {
                    // Read where a test fails.
                    eprintln!("{compat:?}: {fault:?} at number {n} of {commands:?}");
                    goes_wrong(&world, &faults, deed, n, *fault).await;
                }
            }
        }
    }
}

const BOTH: [Backend; 2] = [Backend::Redis, Backend::RedisCookie];

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in() {
    every_command_goes_wrong(BOTH.map(|backend| SignIn { backend, is_outdated: false })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out() {
    every_command_goes_wrong(BOTH.map(SignOut)).await;
}

/// A logout has ended its token by the time that Redis hears of it, and holds neither a connection nor SQLite's turn to write.
#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_hangs_keeps_no_writer_waiting() {
    let Some(redis) = AnyRedis::find() else { return };
    for compat in COMPAT_MODES {
        let faults = Faults::default();
        let way = RedisWay::to(redis.url(), faults.clone()).await;
        let connection = RedisOptions::default().response_timeout(MINUTE).connect(&*way.url).await;
        let redis = Some(connection.expect("Redis is there"));
        let server = Server::with(Options { compat, redis, ..Options::default() }).await;
        server.user("arthur@camelot.bt", PASSWORD, |_| {}).await;
        let client = server.client().signed_in(Backend::Redis, "arthur@camelot.bt", PASSWORD).await;
        drop(faults.calls());
        assert_eq!(client.get("/users/me").await.status, 200);
        // The next command after those that find the token.
        faults.strike(faults.calls().len(), Fault::Hangs);
        let leaving = client.clone();
        let logout = tokio::spawn(async move { leaving.post("/auth/redis/logout").await.status });
        faults.hangs().await;
        let elsewhere = server.client().signed_in(Backend::Db, "arthur@camelot.bt", PASSWORD).await;
        assert_eq!(elsewhere.post("/auth/db/logout").await.status, 200);
        assert!(!logout.is_finished(), "{compat:?}");
        faults.give_up().await;
        // The connection is made anew, and the command is run once more.
        assert_eq!(logout.await.expect("an answer"), 200, "{compat:?}");
        assert_eq!(client.get("/users/me").await.status, 401, "{compat:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_password() {
    every_command_goes_wrong([Backend::Redis, Backend::Db].map(Change)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset() {
    every_command_goes_wrong([Reset { is_verified: true }]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deactivation() {
    every_command_goes_wrong([Deactivate]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion() {
    every_command_goes_wrong([Delete]).await;
}
