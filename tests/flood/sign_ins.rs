//! B20 and B21: many sign-ins at once. So many hash as the pool has threads, and no more memory is used than theirs; the
//! others are told to come again; and who needs no hash is served meanwhile.

use axum_users::password::{Argon2, PoolSize};
use axum_users_tests::{Answer, Backend, HashingGate, Options, Server, at_once, has_own_process, tally};
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;

use crate::memory::memory;

const ARTHUR: &str = "arthur@camelot.bt";
const PASSWORD: &str = "guinevere";

/// What a hash takes, in KiB.
const HASH_MEMORY: u32 = 32 * 1024;
/// What all else may take: the app, and 200 connections with their clients.
const BESIDES: u64 = 64 * 1024;

const POOL: PoolSize = PoolSize::new(2, 32);
const CROWD: usize = 200;

/// An app whose hasher stands behind `gate`, with Arthur.
async fn camelot(gate: &HashingGate) -> Server {
    let options = Options { pool: POOL, ..Options::default() };
    let server = Server::of(options, |_| {}, |setup| setup.hasher(gate.clone())).await.expect("it starts");
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn take_no_more_than_the_pool() {
    if !has_own_process() {
        return;
    }
    // Before any thread has kept what its last hash took.
    let before = memory("VmRSS");
    let gate = HashingGate::before(Argon2::new(HASH_MEMORY, 1, 1));
    let server = camelot(&gate).await;
    let session = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    gate.set(false);

    let crowd = tokio::spawn(at_once(CROWD, {
        let client = server.client();
        move |_| {
            let client = client.clone();
            async move { client.login(Backend::Jwt, ARTHUR, PASSWORD).await }
        }
    }));
    gate.holds(POOL.threads).await;
    // The pool is full, and stays so: its gate is shut. Others are served all the same.
    for _ in 0..50 {
        assert_eq!(session.get("/users/me").await.status, 200);
        assert_eq!(server.client().get("/optional").await.status, 200);
        assert_eq!(gate.traffic().inside, POOL.threads);
    }
    gate.set(true);

    let answers = crowd.await.expect("all are answered");
    // One client has a quarter of the queue.
    let served = POOL.threads + POOL.queue / 4;
    let tally = tally(&answers);
    let count = |status, detail: &str| tally.get(&(status, detail.to_owned())).copied().unwrap_or(0);
    // Who comes when the gate is open again finds room: it is at least what the pool has, and all are answered.
    let (done, busy) = (count(200, ""), count(503, "Service Unavailable"));
    assert!(done >= served && busy > 0 && done + busy == CROWD, "{tally:?}");
    for answer in answers.iter().filter(|answer| answer.status == 503) {
        assert_eq!(answer.header("retry-after"), "1");
    }
    assert_eq!(gate.traffic().most, POOL.threads);
    let (most, bound) = (memory("VmHWM"), before + POOL.threads as u64 * u64::from(HASH_MEMORY) + BESIDES);
    assert!(most <= bound, "{most} KiB, and {bound} are allowed");
}

/// Whoever hangs up leaves its hash behind, and the place that this takes.
#[tokio::test(flavor = "multi_thread")]
async fn that_hang_up_free_no_place() {
    let gate = HashingGate::open();
    let server = camelot(&gate).await;
    let session = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    gate.set(false);
    let login = |backend: Backend| {
        let form = [("username", ARTHUR), ("password", PASSWORD)];
        server.client().request(Method::POST, &format!("{}/login", backend.path())).form(&form)
    };
    // The pool's threads are busy, then its queue is full: that one is turned away tells it.
    let mut crowd = JoinSet::new();
    for n in 0..POOL.threads {
        crowd.spawn(Answer::of(login(Backend::nth(n))));
    }
    gate.holds(POOL.threads).await;
    for n in 0..=POOL.queue {
        crowd.spawn(Answer::of(login(Backend::nth(n))));
    }
    let first = crowd.join_next().await.expect("one is answered").expect("no panic");
    first.refuses(503, json!("Service Unavailable"));
    // All hang up.
    crowd.shutdown().await;
    let turned_away = async || {
        let answer = server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await;
        answer.status == 503
    };
    // A hundred more, who hang up as soon as they have asked.
    for n in 0..100 {
        let client = tokio::spawn(login(Backend::nth(n)).send());
        tokio::task::yield_now().await;
        client.abort();
        drop(client.await);
        assert!(turned_away().await, "after {n} who hung up");
        assert_eq!(gate.traffic().inside, POOL.threads);
    }
    assert_eq!(session.get("/users/me").await.status, 200);
    session
        .patch("/users/me", json!({ "password": "lancelot" }))
        .await
        .refuses(503, json!("Service Unavailable"));
    gate.set(true);
    while turned_away().await {
        tokio::task::yield_now().await;
    }
    assert_eq!(gate.traffic().most, POOL.threads);
    assert_eq!(session.get("/users/me").await.status, 200);
}
