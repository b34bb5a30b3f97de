//! How often a thing may be tried: by one client, at one account, and by all clients at one account.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum_users::limit::RedisCounters;
use axum_users::manager::{ManagerError, no_request};
use axum_users::prelude::*;
use axum_users::redis::RedisConnection;
use axum_users_tests::{
    Answer, Backend, CamelotConfig, Client, Options, PlaceConfig, Server, Store, at_once, left_out,
    on_each_store, tally,
};
use serde_json::json;

use crate::common::{ARTHUR, PASSWORD, reset_token};

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
            all.push(Counts::InRedis(RedisServer.connect(url).await.expect("Redis answers")));
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
    let counted = if let Counts::InDatabase = counts { Counted::InDatabase } else { Counted::Nearest };
    let limits = Some(Limits { counted, ..limits });
    let proxies = "127.0.0.1".parse().expect("an address");
    let server = Server::of(Options { limits, policy, ..Options::default() }, config, |setup| {
        let setup = setup.trusted_proxies(proxies);
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

/// F81: the address that counts is the peer's, whatever a client that is no proxy says of itself.
#[on_each_store]
async fn sign_ins_of_one_client_are_limited_and_it_cannot_name_another() {
    for counts in counters().await {
        let limits = Limits { sign_in: Some(Rate::new(3, MINUTE)), ..OFF };
        let server = limited(&counts, limits, Policy::default()).await;
        for n in 0..3 {
            assert_eq!(client_at(&server, 1).login(Backend::nth(n), ARTHUR, PASSWORD).await.status, 200);
        }
        // What stands before the address that the proxy adds is the client's own invention.
        let forged = server.client().with("x-forwarded-for", "203.0.113.9, 198.51.0.1");
        is_too_many(&forged.login(Backend::Jwt, ARTHUR, PASSWORD).await, 20);
        assert_eq!(client_at(&server, 2).login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
        server.clock.advance(MINUTE / 3);
        assert_eq!(forged.login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
        is_too_many(&forged.login(Backend::Jwt, ARTHUR, PASSWORD).await, 20);
    }
}

/// F81: without a proxy that is trusted.
#[tokio::test(flavor = "multi_thread")]
async fn without_trusted_proxies_the_peer_is_limited() {
    let limits = Some(Limits { sign_in: Some(Rate::new(3, MINUTE)), ..OFF });
    let server = Server::with(Options { limits, ..Options::default() }).await;
    for n in 0..3 {
        client_at(&server, n)
            .login(Backend::Jwt, ARTHUR, PASSWORD)
            .await
            .refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    }
    is_too_many(&client_at(&server, 3).login(Backend::Jwt, ARTHUR, PASSWORD).await, 20);
}

/// F81: one customer has a /64 of IPv6 addresses.
#[tokio::test(flavor = "multi_thread")]
async fn the_addresses_of_a_64_are_one_client() {
    let limits = Limits { sign_in: Some(Rate::new(3, MINUTE)), ..OFF };
    let server = limited(&Counts::Here, limits, Policy::default()).await;
    let at = |ip: &str| server.client().with("x-forwarded-for", ip);
    for n in 1..=3 {
        let answer = at(&format!("2001:db8::{n}")).login(Backend::Jwt, ARTHUR, PASSWORD).await;
        assert_eq!(answer.status, 200);
    }
    is_too_many(&at("2001:db8::4").login(Backend::Jwt, ARTHUR, PASSWORD).await, 20);
    assert_eq!(at("2001:db8:0:1::4").login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
}

/// F82: of many at once as many get through as may, and the others cost no hash.
#[on_each_store]
async fn of_many_at_once_as_many_are_tried_as_may() {
    for counts in counters().await {
        for email in [ARTHUR, NOBODY] {
            let limits = Limits { passwords: Some(Rate::new(10, MINUTE)), ..OFF };
            let server = limited(&counts, limits, Policy::default()).await;
            server.hashing.checks.store(0, Ordering::SeqCst);
            let client = client_at(&server, 1);
            let answers = at_once(200, |n| {
                let client = client.clone();
                async move { client.login(Backend::nth(n), email, "lancelot").await }
            })
            .await;
            let refused = (400, "LOGIN_BAD_CREDENTIALS".to_owned());
            let too_many = (429, "Too Many Requests".to_owned());
            assert_eq!(tally(&answers), [(refused, 10), (too_many, 190)].into(), "{counts:?}");
            assert_eq!(server.hashing.checks.load(Ordering::SeqCst), 10);
        }
    }
}

/// Whether an address is known shows in nothing: not in the answer, and not in when it comes.
#[on_each_store]
async fn wrong_passwords_at_one_account_are_limited_known_or_not() {
    for counts in counters().await {
        let limits = Limits { passwords: Some(Rate::new(3, 3 * MINUTE)), ..OFF };
        let server = limited(&counts, limits, Policy::default()).await;
        let client = client_at(&server, 1);
        for (email, in_another_way) in
            [(ARTHUR, "  ARTHUR@camelot.bt"), (NOBODY, "mordred@CAMELOT.bt"), ("nonsense", "NonSense ")]
        {
            for wrong in [email, in_another_way, email] {
                let answer = client.login(Backend::Db, wrong, "lancelot").await;
                answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
            }
            is_too_many(&client.login(Backend::Db, email, PASSWORD).await, 60);
            is_too_many(&client.login(Backend::Cookie, in_another_way, PASSWORD).await, 60);
        }
        // Another account, and another client, are not concerned.
        client
            .login(Backend::Db, "galahad@camelot.bt", PASSWORD)
            .await
            .refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        assert_eq!(client_at(&server, 2).login(Backend::Db, ARTHUR, PASSWORD).await.status, 200);
        server.clock.advance(MINUTE);
        assert_eq!(client.login(Backend::Db, ARTHUR, PASSWORD).await.status, 200);
    }
}

/// F84: a right password gives back what wrong ones have taken, at this account alone.
#[on_each_store]
async fn a_right_password_forgets_the_wrong_ones() {
    for counts in counters().await {
        let limits = Limits { passwords: Some(Rate::new(3, MINUTE)), ..OFF };
        let server = limited(&counts, limits, Policy::default()).await;
        let client = client_at(&server, 1);
        client.login(Backend::Jwt, NOBODY, "lancelot").await.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        for _ in 0..4 {
            for _ in 0..2 {
                client
                    .login(Backend::Jwt, ARTHUR, "lancelot")
                    .await
                    .refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
            }
            assert_eq!(client.login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
        }
        for _ in 0..2 {
            client.login(Backend::Jwt, NOBODY, "lancelot").await.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        }
        is_too_many(&client.login(Backend::Jwt, NOBODY, "lancelot").await, 20);
    }
}

/// That the password of an inactive user is right shows in nothing either.
#[tokio::test(flavor = "multi_thread")]
async fn a_right_password_of_an_inactive_user_forgets_nothing() {
    let limits = Limits { passwords: Some(Rate::new(3, MINUTE)), ..OFF };
    let server = limited(&Counts::Here, limits, Policy::default()).await;
    server.user(NOBODY, PASSWORD, |user| user.is_active = Some(false)).await;
    for _ in 0..3 {
        let answer = server.client().login(Backend::Jwt, NOBODY, PASSWORD).await;
        answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    }
    is_too_many(&server.client().login(Backend::Jwt, NOBODY, PASSWORD).await, 20);
}

/// F83, F84: whoever guesses from many addresses is stopped, and keeps the owner out of nothing that the owner has: not of
/// a session, not of a place where the owner has signed in, and not of the way by a mail.
#[on_each_store]
async fn guesses_from_many_addresses_are_limited_and_do_not_keep_the_owner_out() {
    for counts in counters().await {
        let limits = Limits { passwords_from_anywhere: Some(Rate::new(20, 20 * MINUTE)), ..OFF };
        let server = limited(&counts, limits, Policy::default()).await;
        let home = client_at(&server, 1);
        let session = home.signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        for n in 0..19 {
            let answer = client_at(&server, 1000 + n).login(Backend::Jwt, ARTHUR, "lancelot").await;
            answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        }
        for email in [ARTHUR, "ARTHUR@CAMELOT.BT"] {
            is_too_many(&client_at(&server, 2000).login(Backend::Jwt, email, "lancelot").await, 60);
            is_too_many(&client_at(&server, 2000).login(Backend::Jwt, email, PASSWORD).await, 60);
        }
        assert_eq!(session.get("/users/me").await.status, 200);
        for n in 0..30 {
            assert_eq!(home.login(Backend::nth(n), ARTHUR, PASSWORD).await.status, 200);
        }
        let abroad = client_at(&server, 3000);
        is_too_many(&abroad.login(Backend::Jwt, ARTHUR, PASSWORD).await, 60);
        let token = reset_token(&server, ARTHUR).await;
        let body = json!({ "token": token, "password": "excalibur!" });
        assert_eq!(abroad.post_json("/auth/reset-password", body).await.status, 200);
        assert_eq!(abroad.login(Backend::Jwt, ARTHUR, "excalibur!").await.status, 200);
        // Others are where they were, and it ends by itself.
        is_too_many(&client_at(&server, 2000).login(Backend::Jwt, ARTHUR, PASSWORD).await, 60);
        server.clock.advance(MINUTE);
        let answer = client_at(&server, 2000).login(Backend::Jwt, ARTHUR, "excalibur!").await;
        assert_eq!(answer.status, 200);
    }
}

/// C35: nobody's mailbox is filled, and nobody sends mails without end.
#[on_each_store]
async fn mails_are_limited_by_client_and_by_address() {
    for counts in counters().await {
        let limits = Limits {
            mails: Some(Rate::new(4, 4 * MINUTE)),
            mails_to_one: Some(Rate::new(2, 2 * MINUTE)),
            ..OFF
        };
        for path in ["/auth/forgot-password", "/auth/request-verify-token"] {
            let server = limited(&counts, limits.clone(), Policy::default()).await;
            server.events().await;
            for email in [ARTHUR, NOBODY] {
                for (n, in_another_way) in [email, "", email].into_iter().enumerate() {
                    let email =
                        if in_another_way.is_empty() { email.to_uppercase() } else { email.to_owned() };
                    let answer = client_at(&server, n).post_json(path, json!({ "email": email })).await;
                    if n < 2 { answer.is(202, &json!(null)) } else { is_too_many(&answer, 60) }
                }
            }
            assert_eq!(server.mails().await.len(), 2, "{path}");
            for n in 0..4 {
                let email = format!("knight{n}@camelot.bt");
                client_at(&server, 9).post_json(path, json!({ "email": email })).await.is(202, &json!(null));
            }
            let answer = client_at(&server, 9).post_json(path, json!({ "email": "knight@camelot.bt" })).await;
            is_too_many(&answer, 60);
        }
    }
}

#[on_each_store]
async fn registrations_of_one_client_are_limited() {
    for counts in counters().await {
        let limits = Limits { register: Some(Rate::new(2, MINUTE)), ..OFF };
        let server = limited(&counts, limits, Policy::default()).await;
        server.hashing.hashes.store(0, Ordering::SeqCst);
        let client = client_at(&server, 1);
        assert_eq!(client.register("lancelot@camelot.bt", PASSWORD).await.status, 201);
        client.register(ARTHUR, PASSWORD).await.refuses(400, json!("REGISTER_USER_ALREADY_EXISTS"));
        is_too_many(&client.register("galahad@camelot.bt", PASSWORD).await, 30);
        assert_eq!(server.hashing.hashes.load(Ordering::SeqCst), 2);
        assert_eq!(client_at(&server, 2).register("galahad@camelot.bt", PASSWORD).await.status, 201);
    }
}

#[on_each_store]
async fn tokens_of_one_client_are_limited_wherever_it_tries_them() {
    for counts in counters().await {
        let limits = Limits { tokens: Some(Rate::new(3, 3 * MINUTE)), ..OFF };
        let server = limited(&counts, limits, Policy::strict()).await;
        let (client, token) = (client_at(&server, 1), reset_token(&server, ARTHUR).await);
        for path in ["/auth/verify", "/auth/confirm-email", "/auth/reset-password"] {
            let body = json!({ "token": "guess", "password": "excalibur!" });
            assert_eq!(client.post_json(path, body).await.status, 400, "{path}");
        }
        let body = json!({ "token": token, "password": "excalibur!" });
        for path in ["/auth/verify", "/auth/confirm-email", "/auth/reset-password"] {
            is_too_many(&client.post_json(path, body.clone()).await, 60);
        }
        assert_eq!(client_at(&server, 2).post_json("/auth/reset-password", body).await.status, 200);
    }
}

/// A stolen session does not guess the password: it shares its guesses with sign-ins.
#[on_each_store]
async fn the_current_password_is_guessed_no_oftener_than_at_sign_in() {
    for counts in counters().await {
        let limits = Limits { passwords: Some(Rate::new(3, 3 * MINUTE)), ..OFF };
        let server = limited(&counts, limits, Policy::strict()).await;
        let client = client_at(&server, 1).signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        let change = |current: &str| json!({ "password": "excalibur!", "current_password": current });
        client.login(Backend::Jwt, ARTHUR, "guess").await.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        for _ in 0..2 {
            let answer = client.patch("/users/me", change("guess")).await;
            answer.refuses(400, json!("UPDATE_USER_BAD_CURRENT_PASSWORD"));
        }
        is_too_many(&client.patch("/users/me", change(PASSWORD)).await, 60);
        is_too_many(&client.login(Backend::Jwt, ARTHUR, PASSWORD).await, 60);
        server.clock.advance(MINUTE);
        assert_eq!(client.patch("/users/me", change(PASSWORD)).await.status, 200);
    }
}

/// They are on unless an app says otherwise.
#[tokio::test(flavor = "multi_thread")]
async fn limits_are_on_by_default() {
    assert_eq!(Limits::default(), Limits::DEFAULT);
    let server = limited(&Counts::Here, Limits::default(), Policy::default()).await;
    let client = client_at(&server, 1);
    for _ in 0..10 {
        client.login(Backend::Jwt, ARTHUR, "guess").await.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    }
    is_too_many(&client.login(Backend::Jwt, ARTHUR, PASSWORD).await, 360);
}

/// Nodes that share a Redis, or a database, count as one.
#[on_each_store]
async fn nodes_that_share_what_counts_count_as_one() {
    for counts in counters().await {
        if let Counts::Here = counts {
            continue;
        }
        let limits = Limits { passwords: Some(Rate::new(4, MINUTE)), ..OFF };
        let secret = Uuid::new_v4().to_string();
        let node = |database: Option<PlaceConfig>| {
            start(&counts, limits.clone(), Policy::default(), |config| {
                config.secret = secret.as_str().into();
                config.database = database.unwrap_or_else(|| config.database.clone());
            })
        };
        let first = node(None).await;
        let second = node(Some(first.database.config())).await;
        let nodes = [first, second];
        let answers = at_once(40, |n| {
            let client = client_at(&nodes[n % 2], 1);
            async move { client.login(Backend::Jwt, ARTHUR, "guess").await }
        })
        .await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 400).count(), 4, "{counts:?}");
        assert_eq!(answers.iter().filter(|answer| answer.status == 429).count(), 36, "{counts:?}");
    }
}

/// F81: requests that do not say where they come from are counted all the same, and as many clients.
#[tokio::test(flavor = "multi_thread")]
async fn requests_from_nowhere_share_the_limits_of_a_few() {
    let limits = Limits {
        sign_in: Some(Rate::new(2, MINUTE)),
        passwords: Some(Rate::new(1, MINUTE)),
        passwords_from_anywhere: Some(Rate::new(3, MINUTE)),
        ..OFF
    };
    let server = limited(&Counts::Here, limits, Policy::default()).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let client = Client::new(&format!("http://{}", listener.local_addr().expect("an address")));
    let without_connect_info = server.camelot.routes::<()>();
    let serving = tokio::spawn(async move { axum::serve(listener, without_connect_info).await });
    for n in 0..20 {
        let account = format!("knight{n}@camelot.bt");
        client.login(Backend::Jwt, &account, "guess").await.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    }
    // Nobody is known who comes from nowhere.
    for expected in [200, 200, 200, 429] {
        assert_eq!(client.login(Backend::Jwt, ARTHUR, PASSWORD).await.status, expected);
    }
    for n in 0..16 {
        let account = format!("squire{n}@camelot.bt");
        client.login(Backend::Jwt, &account, "guess").await.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    }
    is_too_many(&client.login(Backend::Jwt, "galahad@camelot.bt", "guess").await, 2);
    serving.abort();
}

/// What the app's own code does is as often as it likes.
#[tokio::test(flavor = "multi_thread")]
async fn code_of_the_apps_own_is_not_limited() {
    let one = Some(Rate::new(1, MINUTE));
    let limits = Limits { mails: one, mails_to_one: one, tokens: one, ..OFF };
    let server = limited(&Counts::Here, limits, Policy::default()).await;
    let (manager, email) = (Manager::new(server.camelot.clone()), ARTHUR.parse().expect("an address"));
    for _ in 0..3 {
        manager.forgot_password(&email, &no_request()).await.expect("a mail");
        let refused = manager.reset_password("guess", &"excalibur!".into(), &no_request()).await;
        assert!(matches!(refused, Err(ManagerError::BadToken)), "{refused:?}");
    }
}
