//! The same for the commands to a Redis: each goes wrong once, and the connection with it.
//!
//! A command that a lost connection was busy with is run once more: one that was done already must do no harm. Where Redis
//! stays away the answer is a 503, and what lies in the app's own store is done as a whole or not at all.

use axum_users::prelude::*;
use axum_users_tests::redis_server::AnyRedis;
use axum_users_tests::scene::COMPAT_MODES;
use axum_users_tests::{Backend, Faults, Options};

use super::passwords::{Change, Reset};
use super::people::{Deactivate, Delete};
use super::sessions::{SignIn, SignOut};
use super::{Deed, World, calls, goes_wrong};
use crate::redis_way::RedisWay;

/// A world whose Redis lies behind a way.
async fn world(compat: axum_users::compat::Compat, redis: &AnyRedis, faults: &Faults) -> (World, RedisWay) {
    let way = RedisWay::to(redis.url(), faults.clone()).await;
    let connection = RedisServer.connect(&*way.url).await.expect("Redis is there");
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
