//! Clients that are known at an account: others who guess there do not keep them out.

use axum_users::limit::CLIENTS_OF_AN_ACCOUNT;
use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users_tests::{
    Answer, Backend, Client, Options, PlaceConfig, Server, Store, has_own_process, on_each_store, traced,
};
use serde_json::json;

use super::{Counts, MINUTE, NOBODY, OFF, client_at, counters, is_too_many, limited, start};
use crate::common::{ARTHUR, PASSWORD, reset_token, stored_hash, verify_token};
use crate::revocation::BCRYPT;

fn limits() -> Limits {
    OFF.passwords_per_account(Rate::new(20, TWENTY_MINUTES))
}
const TWENTY_MINUTES: std::time::Duration = std::time::Duration::from_secs(20 * 60);
const NEW: &str = "excalibur!";

/// Uses up what strangers may guess at an account.
async fn exhaust(server: &Server, email: &str) {
    for n in 0..25 {
        client_at(server, 1000 + n).login(Backend::Jwt, email, "lancelot").await;
    }
    let answer = client_at(server, 2000).login(Backend::Jwt, email, "lancelot").await;
    assert_eq!(answer.status, 429, "{}", answer.text);
}

/// The cookie by which the client of a login is known, as a client sends it back.
fn known_cookie(login: &Answer) -> String {
    assert_eq!(login.status, 200, "{}", login.text);
    let cookies = login.cookies();
    let [session, known] = *cookies else { panic!("two cookies: {cookies:?}") };
    assert!(!session.contains("-known="), "{session}");
    let (cookie, attributes) = known.split_once(';').expect("attributes");
    assert!(cookie.contains("-known="), "{cookie}");
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Max-Age=2592000"] {
        assert!(attributes.contains(attribute), "{attribute}: {attributes}");
    }
    cookie.to_owned()
}

fn holding(client: &Client, cookie: &str) -> Client {
    client.with("cookie", cookie)
}

async fn status(client: &Client, password: &str) -> u16 {
    client.login(Backend::Jwt, ARTHUR, password).await.status.as_u16()
}

/// F83: a process that ends forgets no owner.
#[on_each_store]
async fn known_clients_survive_a_restart() {
    for counts in counters().await {
        let secret = Uuid::new_v4().to_string();
        let node = |database: Option<PlaceConfig>| {
            start(&counts, limits(), Policy::fastapi_users().keep_last_superuser(true), |config| {
                config.secret = secret.as_str().into();
                config.database = database.unwrap_or_else(|| config.database.clone());
            })
        };
        let first = node(None).await;
        first.user(ARTHUR, PASSWORD, |_| {}).await;
        assert_eq!(client_at(&first, 1).login(Backend::Db, ARTHUR, PASSWORD).await.status, 200);
        let cookie = known_cookie(&client_at(&first, 2).login(Backend::Cookie, ARTHUR, PASSWORD).await);
        let second = node(Some(first.database.config())).await;
        exhaust(&second, ARTHUR).await;
        // A store of the app's own keeps no clients: they are known by their cookies alone.
        let by_network = if Store::current() == Store::Memory { 429 } else { 200 };
        assert_eq!(status(&client_at(&second, 1), PASSWORD).await, by_network, "{counts:?}");
        assert_eq!(
            status(&client_at(&second, 2), PASSWORD).await,
            429,
            "a cookie, not its network, is known"
        );
        assert_eq!(status(&holding(&client_at(&second, 3), &cookie), PASSWORD).await, 200);
    }
}

/// F83: a new password ends what was known with the former one.
#[on_each_store]
async fn a_new_password_ends_all_known_clients() {
    for counts in counters().await {
        for is_reset in [false, true] {
            let server = limited(&counts, limits(), Policy::fastapi_users().keep_last_superuser(true)).await;
            let home = client_at(&server, 1);
            let session = home.signed_in(Backend::Db, ARTHUR, PASSWORD).await;
            let cookie = known_cookie(&client_at(&server, 2).login(Backend::Cookie, ARTHUR, PASSWORD).await);
            exhaust(&server, ARTHUR).await;
            assert_eq!(status(&home, PASSWORD).await, 200);
            let (changed, client) = if is_reset {
                let body = json!({ "token": reset_token(&server, ARTHUR).await, "password": NEW });
                let client = client_at(&server, 3);
                (client.post_json("/auth/reset-password", body).await, client)
            } else {
                (session.patch("/users/me", json!({ "password": NEW })).await, session)
            };
            assert_eq!(changed.status, 200, "{}", changed.text);
            exhaust(&server, ARTHUR).await;
            assert_eq!(status(&home, NEW).await, 429);
            assert_eq!(status(&holding(&client_at(&server, 2), &cookie), NEW).await, 429);
            // The client that has reset the password can log in with it, for a while; a change makes none known.
            assert_eq!(status(&client, NEW).await, if is_reset { 200 } else { 429 });
        }
    }
}

/// A login may replace an outdated hash of the same password. That is no new password.
#[on_each_store]
async fn a_login_that_upgrades_the_hash_keeps_clients_known() {
    for counts in counters().await {
        let server = limited(&counts, limits(), Policy::fastapi_users().keep_last_superuser(true)).await;
        let home = client_at(&server, 1);
        assert_eq!(status(&home, PASSWORD).await, 200);
        let cookie = known_cookie(&client_at(&server, 2).login(Backend::Cookie, ARTHUR, PASSWORD).await);
        let before = stored_hash(&server, ARTHUR);
        server.database.set_hash(Some(ARTHUR), BCRYPT);
        assert_eq!(status(&client_at(&server, 3), PASSWORD).await, 200);
        let after = stored_hash(&server, ARTHUR);
        assert!(after != before && after != BCRYPT, "{after}");
        exhaust(&server, ARTHUR).await;
        for client in [&home, &holding(&client_at(&server, 4), &cookie), &client_at(&server, 3)] {
            assert_eq!(status(client, PASSWORD).await, 200, "{counts:?}");
        }
    }
}

/// F82: an account that logs in from ever more networks fills no storage.
#[on_each_store]
async fn an_account_is_known_at_its_last_twenty_networks() {
    for counts in counters().await {
        let server = limited(&counts, limits(), Policy::fastapi_users().keep_last_superuser(true)).await;
        server.user(NOBODY, PASSWORD, |_| {}).await;
        assert_eq!(client_at(&server, 0).login(Backend::Jwt, NOBODY, PASSWORD).await.status, 200);
        for n in 0..25 {
            server.clock.advance(MINUTE);
            assert_eq!(status(&client_at(&server, n), PASSWORD).await, 200);
        }
        // A login from a known network takes no other one's place.
        server.clock.advance(MINUTE);
        assert_eq!(status(&client_at(&server, 24), PASSWORD).await, 200);
        exhaust(&server, ARTHUR).await;
        for (n, expected) in [(0, 429), (4, 429), (5, 200), (24, 200)] {
            assert_eq!(status(&client_at(&server, n), PASSWORD).await, expected, "{n}: {counts:?}");
        }
        exhaust(&server, NOBODY).await;
        assert_eq!(client_at(&server, 0).login(Backend::Jwt, NOBODY, PASSWORD).await.status, 200);
        if let (Counts::InDatabase, true) = (&counts, Store::current() != Store::Memory) {
            let rows = server.database.number("SELECT count(*) AS value FROM known_client");
            assert_eq!(rows, 21);
        }
    }
}

/// F83: networks that were known with the former password take no place from the client of a reset.
#[on_each_store]
async fn a_reset_admits_its_client_at_an_account_that_is_known_at_twenty_networks() {
    for counts in counters().await {
        let server = limited(&counts, limits(), Policy::fastapi_users().keep_last_superuser(true)).await;
        for n in 0..CLIENTS_OF_AN_ACCOUNT {
            assert_eq!(status(&client_at(&server, n), PASSWORD).await, 200);
        }
        let body = json!({ "token": reset_token(&server, ARTHUR).await, "password": NEW });
        let client = client_at(&server, 3000);
        assert_eq!(client.post_json("/auth/reset-password", body).await.status, 200);
        if let (Counts::InDatabase, true) = (&counts, Store::current() != Store::Memory) {
            let rows = server.database.number("SELECT count(*) AS value FROM known_client");
            assert_eq!(rows, 1, "networks of the former password are forgotten");
        }
        exhaust(&server, ARTHUR).await;
        assert_eq!(status(&client_at(&server, 0), NEW).await, 429, "{counts:?}");
        assert_eq!(status(&client, NEW).await, 200, "{counts:?}");
    }
}

/// F83: a password change by FastAPI Users, which leaves the generation as it is.
#[on_each_store]
async fn a_new_password_of_fastapi_users_ends_all_known_clients() {
    let limits = Some(limits());
    let proxies = "127.0.0.1".parse().expect("an IP");
    let options = Options { compat: FastApiUsers, limits, ..Options::default() };
    let server = Server::of(options, |_| {}, |setup| setup.trusted_proxies(proxies)).await;
    let server = server.expect("the app starts");
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    let home = client_at(&server, 1);
    assert_eq!(status(&home, PASSWORD).await, 200);
    let login = client_at(&server, 2).login(Backend::Cookie, ARTHUR, PASSWORD).await;
    let cookies = login.cookies();
    let known = cookies.iter().find(|cookie| cookie.contains("-known=")).expect("a cookie");
    let cookie = known.split(';').next().expect("a value");
    let returning = holding(&client_at(&server, 3), cookie);
    exhaust(&server, ARTHUR).await;
    for client in [&home, &returning] {
        assert_eq!(status(client, PASSWORD).await, 200);
    }
    server.database.set_hash(Some(ARTHUR), BCRYPT);
    for client in [&home, &returning] {
        assert_eq!(status(client, PASSWORD).await, 429);
    }
    server.clock.advance(TWENTY_MINUTES);
    assert_eq!(status(&home, PASSWORD).await, 200);
    exhaust(&server, ARTHUR).await;
    assert_eq!(status(&home, PASSWORD).await, 200, "a login makes it known again");
    assert_eq!(status(&returning, PASSWORD).await, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_admits_its_client_for_ten_minutes() {
    let server = limited(&Counts::Here, limits(), Policy::fastapi_users().keep_last_superuser(true)).await;
    let body = json!({ "token": reset_token(&server, ARTHUR).await, "password": NEW });
    assert_eq!(client_at(&server, 3).post_json("/auth/reset-password", body).await.status, 200);
    server.clock.advance(10 * MINUTE);
    exhaust(&server, ARTHUR).await;
    assert_eq!(status(&client_at(&server, 3), NEW).await, 429);
}

/// F83: what is no login makes no client known, be its password right.
#[tokio::test(flavor = "multi_thread")]
async fn only_a_login_makes_a_client_known() {
    let server = limited(&Counts::Here, limits(), Policy::strict()).await;
    let session = client_at(&server, 1).signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let abroad = session.with("x-forwarded-for", "198.51.0.2");
    let change = json!({ "email": "wart@camelot.bt", "current_password": PASSWORD });
    assert_eq!(abroad.patch("/users/me", change).await.status, 200);
    let kay = "kay@camelot.bt";
    server.user(kay, PASSWORD, |user| user.is_verified = Some(false)).await;
    let verify = json!({ "token": verify_token(&server, kay).await, "password": PASSWORD });
    assert_eq!(client_at(&server, 2).post_json("/auth/verify", verify).await.status, 200);
    server.user(NOBODY, PASSWORD, |user| user.is_active = Some(false)).await;
    assert_eq!(client_at(&server, 2).login(Backend::Jwt, NOBODY, PASSWORD).await.status, 400);
    for email in [ARTHUR, kay, NOBODY] {
        exhaust(&server, email).await;
        assert_eq!(client_at(&server, 2).login(Backend::Jwt, email, PASSWORD).await.status, 429);
    }
    assert_eq!(status(&client_at(&server, 1), PASSWORD).await, 200);
}

/// F84: a known client guesses no more often than any other one.
#[on_each_store]
async fn a_known_client_is_exempt_from_one_limit_alone() {
    for counts in counters().await {
        let limits = limits().passwords(Rate::new(3, 3 * MINUTE));
        let server = limited(&counts, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
        let cookie = known_cookie(&client_at(&server, 1).login(Backend::Cookie, ARTHUR, PASSWORD).await);
        exhaust(&server, ARTHUR).await;
        let client = holding(&client_at(&server, 2), &cookie);
        for _ in 0..3 {
            assert_eq!(status(&client, "guess").await, 400);
        }
        is_too_many(&client.login(Backend::Jwt, ARTHUR, PASSWORD).await, 60);
        // At another account it is a stranger.
        exhaust(&server, NOBODY).await;
        assert_eq!(client.login(Backend::Jwt, NOBODY, PASSWORD).await.status, 429);
    }
}

/// F83: nobody makes such a cookie, or lends one for another account, or for longer.
#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_of_a_known_client_can_not_be_made_up() {
    let server = limited(&Counts::Here, limits(), Policy::fastapi_users().keep_last_superuser(true)).await;
    server.user("mordred@camelot.bt", PASSWORD, |_| {}).await;
    let cookie = known_cookie(&client_at(&server, 1).login(Backend::Cookie, ARTHUR, PASSWORD).await);
    let login = client_at(&server, 1).login(Backend::Cookie, "mordred@camelot.bt", PASSWORD).await;
    let mordreds = known_cookie(&login);
    let (name, value) = cookie.split_once('=').expect("a value");
    let reset = reset_token(&server, ARTHUR).await;
    let session = client_at(&server, 1).login(Backend::Jwt, ARTHUR, PASSWORD).await;
    let session = session.json["access_token"].as_str().expect("a token").to_owned();
    let mut forged = value.to_owned();
    let last = if forged.pop() == Some('A') { 'Q' } else { 'A' };
    forged.push(last);
    exhaust(&server, ARTHUR).await;
    let stranger = client_at(&server, 3);
    for value in ["", "x", &forged, &reset, &session] {
        let cookie = format!("{name}={value}");
        assert_eq!(status(&holding(&stranger, &cookie), PASSWORD).await, 429, "{value}");
    }
    assert_eq!(status(&holding(&stranger, &mordreds), PASSWORD).await, 429);
    assert_eq!(
        status(&holding(&stranger, &format!("{cookie}; {mordreds}")), PASSWORD).await,
        429,
        "two of them"
    );
    assert_eq!(status(&holding(&stranger, &cookie), PASSWORD).await, 200);
    // Nor is it anything else but that.
    let session = holding(&stranger, &format!("{}={value}", name.trim_end_matches("-known")));
    assert_eq!(session.get("/users/me").await.status, 401);
    server.clock.advance(30 * 24 * 60 * MINUTE);
    exhaust(&server, ARTHUR).await;
    assert_eq!(status(&holding(&stranger, &cookie), PASSWORD).await, 429, "it has expired");
}

/// Under `compat` the app makes no tables of its own: without Redis, networks are known as long as the process runs, and a
/// line says so.
#[tokio::test(flavor = "multi_thread")]
async fn under_compat_a_line_at_start_says_that_networks_are_known_in_memory() {
    if !has_own_process() {
        return;
    }
    let lines = || traced().matches("known until this process ends").count();
    for (compat, counted, expected) in [
        (Compat::None, LimitStorage::RedisOrMemory, 0),
        (FastApiUsers, LimitStorage::Database, 0),
        (FastApiUsers, LimitStorage::RedisOrMemory, 1),
    ] {
        let limits = Some(limits().storage(counted));
        let proxies = "127.0.0.1".parse().expect("an IP");
        let server = Server::of(
            Options { compat, limits, ..Options::default() },
            |_| {},
            |setup| setup.trusted_proxies(proxies),
        );
        let server = server.await.expect("the app starts");
        assert_eq!(lines(), expected, "{compat:?} {counted:?}");
        server.user(ARTHUR, PASSWORD, |_| {}).await;
        assert_eq!(status(&client_at(&server, 1), PASSWORD).await, 200);
        exhaust(&server, ARTHUR).await;
        assert_eq!(status(&client_at(&server, 1), PASSWORD).await, 200);
    }
}
