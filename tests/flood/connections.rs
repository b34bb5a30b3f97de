//! Connections on which nothing comes, or not all of it.

use axum_users_tests::{Backend, Server, at_once, has_own_process};

use crate::memory::memory;
use crate::raw::Raw;

const ARTHUR: &str = "arthur@camelot.bt";
const PASSWORD: &str = "guinevere";

/// Both ends are this process's: a machine lets it have so many.
const MANY: usize = 2000;

/// What the app and this test may use for a connection and its other end, in KiB.
const EACH: u64 = 32;

/// axum's server waits for a head as long as a client likes: what that costs is memory, and it is little.
#[tokio::test(flavor = "multi_thread")]
async fn that_are_idle_cost_little_and_hold_nobody_up() {
    if !has_own_process() {
        return;
    }
    let server = Server::start().await;
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    let session = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let before = memory("VmRSS");
    let mut idle = Vec::new();
    for n in 0..MANY {
        let mut raw = Raw::to(&server).await;
        // Every other one has begun to ask.
        if n % 2 == 0 {
            raw.write(b"POST /auth/register HTTP/1.1\r\nhost: camelot.bt\r\nx-slow: ")
                .await
                .expect("it reads");
        }
        idle.push(raw);
    }
    let answers = at_once(50, |_| {
        let session = session.clone();
        async move { session.get("/users/me").await.status.as_u16() }
    });
    assert!(answers.await.iter().all(|status| *status == 200));
    let used = memory("VmRSS").saturating_sub(before);
    assert!(used <= MANY as u64 * EACH, "{used} KiB for {MANY} connections");

    // Who goes on is still served.
    let mut last = idle.swap_remove(0);
    last.write(b"x\r\ncontent-length: 0\r\n\r\n").await.expect("it reads");
    assert!(last.head().await.starts_with("HTTP/1.1 422 "));
    drop(idle);
    assert_eq!(session.get("/users/me").await.status, 200);
}
