//! What one client tries: sign-ins, registrations, mails and tokens; and who is one client.

use std::sync::atomic::Ordering;

use axum_users::error::Refusal;
use axum_users::manager::ManagerError;
use axum_users::prelude::*;
use axum_users_tests::{Backend, Client, Options, PlaceConfig, Server, at_once, on_each_store};
use serde_json::json;

use super::{Counts, MINUTE, NOBODY, OFF, client_at, counters, is_too_many, limited, start};
use crate::common::{ARTHUR, PASSWORD, reset_token};

/// F81: the address that counts is the peer's, whatever a client that is no proxy says of itself.
#[on_each_store]
async fn sign_ins_of_one_client_are_limited_and_it_cannot_name_another() {
    for counts in counters().await {
        let limits = OFF.sign_in(Rate::new(3, MINUTE));
        let server = limited(&counts, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
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
    let limits = Some(OFF.sign_in(Rate::new(3, MINUTE)));
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
    let limits = OFF.sign_in(Rate::new(3, MINUTE));
    let server = limited(&Counts::Here, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
    let at = |ip: &str| server.client().with("x-forwarded-for", ip);
    for n in 1..=3 {
        let answer = at(&format!("2001:db8::{n}")).login(Backend::Jwt, ARTHUR, PASSWORD).await;
        assert_eq!(answer.status, 200);
    }
    is_too_many(&at("2001:db8::4").login(Backend::Jwt, ARTHUR, PASSWORD).await, 20);
    assert_eq!(at("2001:db8:0:1::4").login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
}

/// F81, F82: a customer may have a /48, and so that has ten times a client's rate.
#[on_each_store]
async fn the_clients_of_a_48_have_ten_times_the_rate_of_one() {
    for counts in counters().await {
        let limits = OFF.sign_in(Rate::new(2, MINUTE)).passwords_per_account(Rate::new(1000, MINUTE));
        let server = limited(&counts, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
        let at =
            |network: usize| server.client().with("x-forwarded-for", &format!("2001:db8:7:{network:x}::1"));
        assert_eq!(at(0).login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
        for n in 1..20 {
            let answer = at(n).login(Backend::Jwt, NOBODY, "guess").await;
            answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        }
        is_too_many(&at(20).login(Backend::Jwt, NOBODY, "guess").await, 3);
        is_too_many(&at(20).login(Backend::Jwt, ARTHUR, PASSWORD).await, 3);
        // A client that is known at the account is limited by its own rate alone, and at this account alone.
        is_too_many(&at(0).login(Backend::Jwt, NOBODY, "guess").await, 3);
        server.clock.advance(MINUTE / 2);
        for _ in 0..10 {
            let strangers = at(30).login(Backend::Jwt, NOBODY, "guess").await;
            if strangers.status == 429 {
                break;
            }
        }
        for n in 31..60 {
            at(n).login(Backend::Jwt, NOBODY, "guess").await;
        }
        assert_eq!(at(0).login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
        is_too_many(&at(0).login(Backend::Jwt, ARTHUR, PASSWORD).await, 30);
        let elsewhere = server.client().with("x-forwarded-for", "2001:db8:8::1");
        assert_eq!(elsewhere.login(Backend::Jwt, NOBODY, "guess").await.status, 400);
    }
}

/// F82: what costs no hash is refused before it is counted, and so fills no memory.
#[tokio::test(flavor = "multi_thread")]
async fn passwords_that_are_too_long_are_refused_uncounted() {
    let limits = OFF
        .sign_in(Rate::new(2, MINUTE))
        .passwords(Rate::new(2, MINUTE))
        .passwords_per_account(Rate::new(2, MINUTE));
    let server = limited(&Counts::Here, limits, Policy::strict()).await;
    let session = client_at(&server, 1).signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let too_long = "x".repeat(Password::MAX_BYTES + 1);
    for _ in 0..10 {
        let answer = client_at(&server, 1).login(Backend::Jwt, ARTHUR, &too_long).await;
        answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        let change = json!({ "password": "excalibur!", "current_password": too_long });
        let answer = session.patch("/users/me", change).await;
        answer.refuses(400, json!("UPDATE_USER_BAD_CURRENT_PASSWORD"));
    }
    assert_eq!(client_at(&server, 1).login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
}

/// C35: nobody's mailbox is filled, and nobody sends mails without end. Over a limit the answer is the one that everybody
/// gets.
#[on_each_store]
async fn mails_are_limited_by_client_and_by_address() {
    for counts in counters().await {
        let limits = OFF.mails(Rate::new(4, 4 * MINUTE)).emails_per_recipient(Rate::new(2, 2 * MINUTE));
        for path in ["/auth/forgot-password", "/auth/request-verify-token"] {
            let server =
                limited(&counts, limits.clone(), Policy::fastapi_users().keep_last_superuser(true)).await;
            let asks = async |n: usize, email: &str| {
                let answer = client_at(&server, n).post_json(path, json!({ "email": email })).await;
                answer.is(202, &json!(null));
                assert_eq!(answer.header("retry-after"), "");
            };
            let knights = [0, 1, 2, 3, 4].map(|n| format!("knight{n}@camelot.bt"));
            for knight in &knights {
                server.user(knight, PASSWORD, |_| {}).await;
            }
            drop(server.events().await);
            for email in [ARTHUR, NOBODY] {
                for (n, spelling) in [email, &email.to_uppercase(), email, email].into_iter().enumerate() {
                    asks(n, spelling).await;
                }
            }
            assert_eq!(server.mails().await.len(), 2, "{path}");
            for knight in &knights {
                asks(9, knight).await;
            }
            assert_eq!(server.mails().await.len(), 4, "{path}");
            server.clock.advance(MINUTE);
            asks(10, ARTHUR).await;
            asks(9, &knights[4]).await;
            assert_eq!(server.mails().await.len(), 2, "{path}");
        }
    }
}

#[on_each_store]
async fn registrations_of_one_client_are_limited() {
    for counts in counters().await {
        let limits = OFF.register(Rate::new(2, MINUTE));
        let server = limited(&counts, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
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
        let limits = OFF.tokens(Rate::new(3, 3 * MINUTE));
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

/// They are on unless an app says otherwise.
#[tokio::test(flavor = "multi_thread")]
async fn limits_are_on_by_default() {
    assert_eq!(Limits::default(), Limits::default());
    let server =
        limited(&Counts::Here, Limits::default(), Policy::fastapi_users().keep_last_superuser(true)).await;
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
        let limits = OFF.passwords(Rate::new(4, MINUTE));
        let secret = Uuid::new_v4().to_string();
        let node = |database: Option<PlaceConfig>| {
            start(&counts, limits.clone(), Policy::fastapi_users().keep_last_superuser(true), |config| {
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
    let limits = OFF
        .sign_in(Rate::new(2, MINUTE))
        .passwords(Rate::new(1, MINUTE))
        .passwords_per_account(Rate::new(3, MINUTE));
    let server = limited(&Counts::Here, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
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
    let limits = OFF.mails(one).emails_per_recipient(one).tokens(one);
    let server = limited(&Counts::Here, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
    let (manager, email) = (Manager::for_code(server.camelot.clone()), ARTHUR.parse().expect("an address"));
    for _ in 0..3 {
        manager.forgot_password(&email).await.expect("a mail");
        let refused = manager.reset_password("guess", &"excalibur!".into()).await;
        assert!(matches!(refused, Err(ManagerError::Refused(Refusal::ResetPasswordBadToken))), "{refused:?}");
    }
}
