//! Promise 3: known and unknown addresses answer alike, in status, body and time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum_users::prelude::*;
use axum_users_tests::{Answer, Backend, Options, Server, User, on_each_store};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::common::{ARTHUR, COMPAT_MODES, PASSWORD, camelot, compat, in_time, reset_token};

const NOBODY: &str = "mordred@camelot.bt";
const ASLEEP: &str = "asleep@camelot.bt";

/// What a client sees of an answer, but for the time.
fn seen(answer: &Answer) -> (u16, Vec<(String, Vec<u8>)>, String) {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "date");
    let headers = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    (answer.status.as_u16(), headers, answer.text.clone())
}

/// How often the hasher has run since the last time it was asked, off the requests as well.
async fn runs(server: &Server) -> usize {
    server.camelot.drain().await;
    let hashing = &server.hashing;
    hashing.hashes.swap(0, Ordering::SeqCst) + hashing.checks.swap(0, Ordering::SeqCst)
}

#[on_each_store]
async fn a_login_hashes_once_whoever_it_is() {
    let too_long = "x".repeat(Password::MAX_BYTES + 1);
    let longest = "x".repeat(Password::MAX_BYTES);
    let logins = [
        ("the right password", ARTHUR, PASSWORD, 200, 1),
        ("a wrong password", ARTHUR, "lancelot", 400, 1),
        ("a wrong password in another case", "ARTHUR@CAMELOT.BT", "lancelot", 400, 1),
        ("an unknown user", NOBODY, PASSWORD, 400, 1),
        ("an inactive user", ASLEEP, PASSWORD, 400, 1),
        ("an inactive user and a wrong password", ASLEEP, "lancelot", 400, 1),
        ("no address", "arthur", PASSWORD, 400, 1),
        ("two addresses", "a@b@camelot.bt", PASSWORD, 400, 1),
        ("the longest password", ARTHUR, &longest, 400, 1),
        ("the longest password of an unknown user", NOBODY, &longest, 400, 1),
        ("too long a password", ARTHUR, &too_long, 400, 0),
        ("too long a password of an unknown user", NOBODY, &too_long, 400, 0),
    ];
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        server.user(ASLEEP, PASSWORD, |user| user.is_active = Some(false)).await;
        for backend in Backend::all() {
            let unknown = server.client().login(backend, NOBODY, PASSWORD).await;
            unknown.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
            runs(&server).await;
            for (who, username, password, status, hashes) in logins {
                let answer = server.client().login(backend, username, password).await;
                assert_eq!(answer.status, status, "{each:?}, {backend:?}: {who}");
                assert_eq!(runs(&server).await, hashes, "{each:?}, {backend:?}: {who}");
                if status == 400 {
                    assert_eq!(seen(&answer), seen(&unknown), "{each:?}, {backend:?}: {who}");
                }
            }
        }
    }
}

#[on_each_store]
async fn a_registration_hashes_once_known_or_not() {
    for policy in [Policy::fastapi_users(), Policy::strict()] {
        let server = camelot(Options { policy: policy.clone(), ..Options::default() }).await;
        runs(&server).await;
        let mut answers = Vec::new();
        for email in [ARTHUR, NOBODY] {
            answers.push(server.client().register(email, PASSWORD).await);
            assert_eq!(runs(&server).await, 1, "{email}");
        }
        assert_eq!(seen(&answers[0]) == seen(&answers[1]), policy.prevent_enumeration);
    }
}

#[on_each_store]
async fn what_sends_mail_answers_alike() {
    for each in COMPAT_MODES {
        for path in ["/auth/forgot-password", "/auth/request-verify-token"] {
            let server = camelot(compat(each)).await;
            server.user(ASLEEP, PASSWORD, |user| user.is_active = Some(false)).await;
            server.user("verified@camelot.bt", PASSWORD, |user| user.is_verified = Some(true)).await;
            let mut answers = Vec::new();
            for email in [ARTHUR, NOBODY, ASLEEP, "verified@camelot.bt"] {
                answers.push(server.client().post_json(path, json!({ "email": email })).await);
            }
            answers[0].is(202, &json!(null));
            for answer in &answers {
                assert_eq!(seen(answer), seen(&answers[0]), "{each:?}: {path}");
            }
        }
    }
}

/// FastAPI Users' reset tokens hold a hash: one is computed for unknown and inactive users, too. Nothing else is hashed.
#[on_each_store]
async fn what_sends_mail_hashes_as_much_for_everybody() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        server.user(ASLEEP, PASSWORD, |user| user.is_active = Some(false)).await;
        for (path, hashes) in
            [("/auth/forgot-password", usize::from(each == FastApiUsers)), ("/auth/request-verify-token", 0)]
        {
            for email in [ARTHUR, NOBODY, ASLEEP, "arthur", "arthur@localhost"] {
                runs(&server).await;
                server.client().post_json(path, json!({ "email": email })).await.is(202, &json!(null));
                assert_eq!(runs(&server).await, hashes, "{each:?}, {path}: {email}");
            }
        }
    }
}

/// Hooks that take until they are let go.
struct Slow {
    gate: Arc<Semaphore>,
    sent: Arc<AtomicUsize>,
}

impl Slow {
    async fn send(&self) -> HookResult {
        self.gate.acquire().await?.forget();
        self.sent.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

impl Hooks<User> for Slow {
    async fn on_after_register(&self, _: &User, _: &RequestInfo) -> HookResult {
        self.send().await
    }

    async fn on_register_existing_email(&self, _: &User, _: &RequestInfo) -> HookResult {
        self.send().await
    }

    async fn on_after_request_verify(&self, _: &User, _: &str, _: &RequestInfo) -> HookResult {
        self.send().await
    }

    async fn on_after_request_email_change(&self, _: &User, _: &str, _: &str, _: &RequestInfo) -> HookResult {
        self.send().await
    }

    async fn on_after_forgot_password(&self, _: &User, _: &str, _: &RequestInfo) -> HookResult {
        self.send().await
    }
}

#[on_each_store]
async fn a_slow_mailer_holds_no_answer_up() {
    let (gate, sent) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
    let hooks = Slow { gate: Arc::clone(&gate), sent: Arc::clone(&sent) };
    let strict = Options { policy: axum_users_tests::strict_for_unverified(), ..Options::default() };
    let server = Server::of(strict, |_| {}, |setup| setup.hooks(hooks)).await.expect("the app starts");
    let client = server.client();
    in_time(async {
        // The mail of the user's own registration, too, is held back.
        server.user(ARTHUR, PASSWORD, |_| {}).await;
        let arthur = client.signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        for email in [ARTHUR, NOBODY] {
            client.register(email, PASSWORD).await.is(202, &json!(null));
            for path in ["/auth/forgot-password", "/auth/request-verify-token"] {
                client.post_json(path, json!({ "email": email })).await.is(202, &json!(null));
            }
        }
        let change = json!({ "email": "king@camelot.bt", "current_password": PASSWORD });
        assert_eq!(arthur.patch("/users/me", change).await.status, 200);
        assert_eq!(sent.load(Ordering::SeqCst), 0);
        gate.add_permits(100);
        server.camelot.drain().await;
    })
    .await;
    // Two registrations and one of a known address, two resets, two verifications, one new address.
    assert_eq!(sent.load(Ordering::SeqCst), 8);
}

#[on_each_store]
async fn a_bad_reset_token_tells_nothing_of_its_user() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        let token = reset_token(&server, ARTHUR).await;
        let reset = |token: String| {
            let (client, body) = (server.client(), json!({ "token": token, "password": "lancelot" }));
            async move { client.post_json("/auth/reset-password", body).await }
        };
        let garbage = reset("garbage".to_owned()).await;
        assert_eq!(reset(token.clone()).await.status, 200);
        assert_eq!(seen(&reset(token).await), seen(&garbage));
    }
}

/// A row that was imported without a password takes as long as one with.
#[on_each_store]
async fn a_hash_that_cannot_be_checked_is_hashed_for_all_the_same() {
    let server = camelot(Options::default()).await;
    for stored in ["!", "", "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNo"] {
        server.database.set_hash(None, stored);
        let before = server.hashing.runs();
        let answer = server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await;
        answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        // One run that finds nothing to compute, and one that computes.
        assert_eq!(server.hashing.runs() - before, 2, "{stored}");
    }
}
