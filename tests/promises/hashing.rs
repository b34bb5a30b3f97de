//! Promise 4: hashing runs on threads of its own, never more at once than the pool allows, and its queue ends.

use axum_users::manager::{Credentials, Failure, ManagerError};
use axum_users::password::{HashError, PasswordHasher, PoolSize, Verdict};
use axum_users::prelude::*;
use axum_users_tests::{Answer, Backend, CHEAP, HashingGate as Gate, Options, Server, on_each_store};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::common::{ARTHUR, COMPAT_MODES, PASSWORD, camelot, compat, in_time, reset_token};

/// A server with Arthur, whose hasher is `gate`.
async fn gated(gate: &Gate, options: Options) -> Server {
    let server = Server::of(options, |_| {}, |setup| setup.hasher(gate.clone())).await.expect("it starts");
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    server
}

fn pool(threads: usize, queue: usize) -> Options {
    Options { pool: PoolSize::new(threads, queue), ..Options::default() }
}

/// `count` logins under way.
fn logins(server: &Server, count: usize) -> JoinSet<Answer> {
    let mut logins = JoinSet::new();
    for n in 0..count {
        let (client, backend) = (server.client(), Backend::nth(n));
        logins.spawn(async move { client.login(backend, ARTHUR, PASSWORD).await });
    }
    logins
}

/// The next `count` answers to come in.
async fn answers(logins: &mut JoinSet<Answer>, count: usize) -> Vec<Answer> {
    let mut answers = Vec::new();
    for _ in 0..count {
        answers.push(in_time(logins.join_next()).await.expect("one more").expect("no panic"));
    }
    answers
}

#[track_caller]
fn is_busy(answer: &Answer) {
    answer.refuses(503, json!("Service Unavailable"));
    assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0));
}

#[on_each_store]
async fn no_more_at_once_than_there_are_threads() {
    let gate = Gate::open();
    let server = gated(&gate, pool(3, 160)).await;
    gate.set(false);
    let mut logins = logins(&server, 40);
    gate.holds(3).await;
    gate.set(true);
    for answer in answers(&mut logins, 40).await {
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let traffic = gate.traffic();
    assert_eq!(traffic.most, 3);
    for thread in traffic.threads {
        assert!(thread.starts_with("password-hash-"), "hashed on {thread}");
    }
}

#[on_each_store]
async fn every_password_is_hashed_apart_from_the_workers() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        let token = reset_token(&server, ARTHUR).await;
        let body = json!({ "token": token, "password": "lancelot" });
        assert_eq!(server.client().post_json("/auth/reset-password", body).await.status, 200);
        let session = server.client().signed_in(Backend::Db, ARTHUR, "lancelot").await;
        assert_eq!(session.patch("/users/me", json!({ "password": PASSWORD })).await.status, 200);
        assert_eq!(server.client().register("kay@camelot.bt", PASSWORD).await.status, 201);
        let threads = server.hashing.threads.lock().expect("no panic while locked").clone();
        assert!(threads.len() >= 5, "{threads:?}");
        assert!(threads.iter().all(|thread| thread.starts_with("password-hash-")), "{threads:?}");
    }
}

#[on_each_store]
async fn a_full_queue_turns_away() {
    let gate = Gate::open();
    let server = gated(&gate, pool(1, 8)).await;
    gate.set(false);
    let mut first = logins(&server, 1);
    gate.holds(1).await;
    let mut crowd = logins(&server, 10);
    for answer in answers(&mut crowd, 8).await {
        is_busy(&answer);
    }
    // Whatever needs a hash is turned away; what needs none is not.
    is_busy(&server.client().register("kay@camelot.bt", PASSWORD).await);
    is_busy(&server.client().login(Backend::Jwt, "nobody@camelot.bt", PASSWORD).await);
    assert_eq!(in_time(server.client().get("/optional")).await.status, 200);

    gate.set(true);
    for answer in [answers(&mut first, 1).await, answers(&mut crowd, 2).await].concat() {
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    assert_eq!(gate.traffic().most, 1);
    assert_eq!(server.client().register("kay@camelot.bt", PASSWORD).await.status, 201);
}

#[on_each_store]
async fn whoever_hangs_up_frees_no_place() {
    let gate = Gate::open();
    let server = gated(&gate, pool(1, 2)).await;
    gate.set(false);
    let mut asking = JoinSet::new();
    let mut ask = || {
        let manager = Manager::for_code(server.camelot.clone());
        asking.spawn(async move {
            let credentials = Credentials::new(ARTHUR, PASSWORD);
            manager.authenticate(&credentials).await.map(drop)
        });
    };
    ask();
    gate.holds(1).await;
    (0..10).for_each(|_| ask());
    for _ in 0..8 {
        let answer = in_time(asking.join_next()).await.expect("one more").expect("no panic");
        assert!(matches!(answer, Err(ManagerError::Failed(Failure::Hash(HashError::Busy)))), "{answer:?}");
    }
    // One is hashed, two wait: all three hang up.
    asking.shutdown().await;
    for _ in 0..5 {
        is_busy(&server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await);
    }
    assert_eq!(gate.traffic().inside, 1);

    gate.set(true);
    let works_again = async {
        loop {
            let answer = server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await;
            if answer.status != 503 {
                return answer;
            }
        }
    };
    assert_eq!(in_time(works_again).await.status, 200);
    assert_eq!(gate.traffic().most, 1);
}

#[on_each_store]
async fn clients_that_hang_up_make_no_room_for_more_hashes() {
    let gate = Gate::open();
    let server = gated(&gate, pool(1, 8)).await;
    gate.set(false);
    let mut first = logins(&server, 1);
    gate.holds(1).await;
    let mut crowd = logins(&server, 10);
    answers(&mut crowd, 8).await;
    first.shutdown().await;
    crowd.shutdown().await;
    is_busy(&server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await);
    assert_eq!(gate.traffic().inside, 1);
    gate.set(true);
}

#[on_each_store]
async fn a_full_queue_spoils_no_reset_token() {
    for each in COMPAT_MODES {
        let gate = Gate::open();
        let server = gated(&gate, Options { compat: each, ..pool(1, 1) }).await;
        let token = reset_token(&server, ARTHUR).await;
        let reset = || {
            let (client, body) = (server.client(), json!({ "token": token, "password": "lancelot" }));
            async move { client.post_json("/auth/reset-password", body).await }
        };
        gate.set(false);
        let mut first = logins(&server, 1);
        gate.holds(1).await;
        let mut crowd = logins(&server, 5);
        answers(&mut crowd, 4).await;
        is_busy(&reset().await);
        gate.set(true);
        answers(&mut first, 1).await;
        answers(&mut crowd, 1).await;
        assert_eq!(reset().await.status, 200);
    }
}

/// The original's fingerprint of a password is a hash of its own.
#[on_each_store]
async fn a_reset_token_is_made_off_the_request() {
    for each in COMPAT_MODES {
        let gate = Gate::open();
        let server = gated(&gate, compat(each)).await;
        gate.set(false);
        for email in [ARTHUR, "nobody@camelot.bt"] {
            let client = server.client();
            let answer = in_time(client.post_json("/auth/forgot-password", json!({ "email": email }))).await;
            answer.is(202, &json!(null));
        }
        gate.set(true);
        assert_eq!(server.mails().await.len(), 1, "{each:?}");
    }
}

/// If a reset token needs a hash, a full queue doesn't reveal whether an account exists.
#[on_each_store]
async fn a_full_queue_turns_known_and_unknown_emails_away() {
    for each in COMPAT_MODES {
        let gate = Gate::open();
        let server = gated(&gate, Options { compat: each, ..pool(1, 1) }).await;
        gate.set(false);
        let mut first = logins(&server, 1);
        gate.holds(1).await;
        let mut crowd = logins(&server, 5);
        answers(&mut crowd, 4).await;
        for email in [ARTHUR, "nobody@camelot.bt", ARTHUR] {
            let answer = server.client().post_json("/auth/forgot-password", json!({ "email": email })).await;
            if each == FastApiUsers { is_busy(&answer) } else { answer.is(202, &json!(null)) }
        }
        gate.set(true);
        answers(&mut first, 1).await;
        answers(&mut crowd, 1).await;
        let body = json!({ "email": ARTHUR });
        server.client().post_json("/auth/forgot-password", body).await.is(202, &json!(null));
        assert!(!server.mails().await.is_empty(), "{each:?}");
    }
}

#[on_each_store]
async fn too_long_a_password_is_not_hashed() {
    let server = camelot(Options::default()).await;
    let arthur = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let token = reset_token(&server, ARTHUR).await;
    let (longest, too_long) = ("x".repeat(Password::MAX_BYTES), "x".repeat(Password::MAX_BYTES + 1));
    // Characters count as their bytes.
    let too_long_in_bytes = "é".repeat(Password::MAX_BYTES / 2 + 1);
    for password in [&too_long, &too_long_in_bytes] {
        let before = server.hashing.runs();
        let reason = "Password should be at most 1024 bytes";
        server
            .client()
            .register("kay@camelot.bt", password)
            .await
            .refuses(400, json!({ "code": "REGISTER_INVALID_PASSWORD", "reason": reason }));
        arthur
            .patch("/users/me", json!({ "password": password }))
            .await
            .refuses(400, json!({ "code": "UPDATE_USER_INVALID_PASSWORD", "reason": reason }));
        let body = json!({ "token": token, "password": password });
        server
            .client()
            .post_json("/auth/reset-password", body)
            .await
            .refuses(400, json!({ "code": "RESET_PASSWORD_INVALID_PASSWORD", "reason": reason }));
        let login = server.client().login(Backend::Jwt, ARTHUR, password).await;
        login.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        assert_eq!(server.hashing.runs(), before);
    }
    assert_eq!(server.client().register("kay@camelot.bt", &longest).await.status, 201);
    assert_eq!(server.client().login(Backend::Jwt, "kay@camelot.bt", &longest).await.status, 200);
}

#[on_each_store]
async fn a_body_over_its_limit_is_not_read() {
    let server = camelot(Options::default()).await;
    let arthur = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let before = server.hashing.runs();
    let password = "x".repeat(128 * 1024);
    let body = || json!({ "email": ARTHUR, "password": password, "token": "x" });
    for path in [
        "/auth/register",
        "/auth/forgot-password",
        "/auth/reset-password",
        "/auth/request-verify-token",
        "/auth/verify",
        "/auth/jwt/login",
    ] {
        server.client().post_json(path, body()).await.refuses(413, json!("Content Too Large"));
    }
    arthur.patch("/users/me", body()).await.refuses(413, json!("Content Too Large"));
    let login = server.client().login(Backend::Jwt, ARTHUR, &password).await;
    login.refuses(413, json!("Content Too Large"));
    assert_eq!(server.hashing.runs(), before);
}

/// A hasher that panics at one password.
struct Tilting;

impl PasswordHasher for Tilting {
    fn hash(&self, password: &Password) -> Result<HashedPassword, HashError> {
        assert!(password.expose() != "tilt", "tilt");
        CHEAP.hash(password)
    }

    fn verify(&self, password: &Password, hash: &HashedPassword) -> Result<Verdict, HashError> {
        assert!(password.expose() != "tilt", "tilt");
        CHEAP.verify(password, hash)
    }
}

#[on_each_store]
async fn a_panic_fails_one_request() {
    let server = Server::of(pool(1, 1), |_| {}, |setup| setup.hasher(Tilting)).await.expect("it starts");
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    for _ in 0..3 {
        let failed = Value::from("Internal Server Error");
        server.client().login(Backend::Jwt, ARTHUR, "tilt").await.refuses(500, failed.clone());
        server.client().register("kay@camelot.bt", "tilt").await.refuses(500, failed);
        assert_eq!(server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
    }
}
