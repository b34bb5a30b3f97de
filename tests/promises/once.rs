//! Promise 1: a one-time thing is consumed by one atomic operation. Of 50 at once, one wins.

use std::collections::BTreeMap;

use axum_users::password::PoolSize;
use axum_users::prelude::*;
use axum_users_tests::{Backend, Event, Options, on_each_store};
use serde_json::json;

use crate::common::{
    ARTHUR, COMPAT_MODES, PASSWORD, at_once, camelot, change_token, compat, count_users, merlin, one_wins,
    posts, reset_token, tally, verify_token,
};

const CROWD: usize = 50;

fn strict() -> Options {
    Options { policy: Policy::strict(), ..Options::default() }
}

/// A client has a quarter of the places in the queue of hashes: here, room for the whole crowd, however slow the machine is.
fn roomy(options: Options) -> Options {
    Options { pool: PoolSize::default().queue(4 * CROWD), ..options }
}

/// `mix@camelot.bt` in its `n`th mixture of cases.
fn mixed(n: usize) -> String {
    let local = "mixing".chars().enumerate();
    let local = local.map(|(bit, c)| if n >> bit & 1 == 1 { c.to_ascii_uppercase() } else { c });
    format!("{}@camelot.bt", local.collect::<String>())
}

#[on_each_store]
async fn a_reset_token_sets_one_password() {
    for each in COMPAT_MODES {
        let server = camelot(roomy(compat(each))).await;
        let token = reset_token(&server, ARTHUR).await;
        let password = |n| format!("lancelot-{n}");
        let client = server.client();
        let answers = posts(
            &client,
            "/auth/reset-password",
            CROWD,
            |n| json!({ "token": token, "password": password(n) }),
        )
        .await;
        one_wins(&answers, 200, "RESET_PASSWORD_BAD_TOKEN");
        for (n, answer) in answers.iter().enumerate() {
            let login = client.login(Backend::Jwt, ARTHUR, &password(n)).await;
            assert_eq!(login.status == 200, answer.status == 200, "{each:?}: password {n}");
        }
        client.login(Backend::Jwt, ARTHUR, PASSWORD).await.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    }
}

#[on_each_store]
async fn a_verify_token_verifies_once() {
    for each in COMPAT_MODES {
        let server = camelot(roomy(compat(each))).await;
        let token = verify_token(&server, ARTHUR).await;
        let answers = posts(&server.client(), "/auth/verify", CROWD, |_| json!({ "token": token })).await;
        one_wins(&answers, 200, "VERIFY_USER_ALREADY_VERIFIED");
        let verified = server.events().await.into_iter().filter(|event| matches!(event, Event::Verified(_)));
        assert_eq!(verified.count(), 1);
    }
}

#[on_each_store]
async fn a_change_of_address_is_confirmed_once() {
    let server = camelot(roomy(strict())).await;
    let arthur = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let token = change_token(&server, &arthur, "king@camelot.bt").await;
    let answers = posts(
        &server.client(),
        "/auth/confirm-email",
        CROWD,
        |_| json!({ "token": token, "password": PASSWORD }),
    )
    .await;
    one_wins(&answers, 200, "VERIFY_USER_BAD_TOKEN");
    assert_eq!(arthur.get("/users/me").await.json["email"], "king@camelot.bt");
}

#[on_each_store]
async fn one_of_many_confirms_the_same_address() {
    let server = camelot(roomy(strict())).await;
    let mut tokens = Vec::new();
    for n in 0..10 {
        let email = format!("knight-{n}@camelot.bt");
        server.user(&email, PASSWORD, |_| {}).await;
        let knight = server.client().signed_in(Backend::Db, &email, PASSWORD).await;
        tokens.push(change_token(&server, &knight, "king@camelot.bt").await);
    }
    let answers = posts(
        &server.client(),
        "/auth/confirm-email",
        tokens.len(),
        |n| json!({ "token": tokens[n], "password": PASSWORD }),
    )
    .await;
    one_wins(&answers, 200, "VERIFY_USER_BAD_TOKEN");
    assert_eq!(count_users(&server, "king@camelot.bt"), 1);
}

#[on_each_store]
async fn one_of_many_registers_an_address() {
    for each in COMPAT_MODES {
        let server = camelot(roomy(compat(each))).await;
        let answers = posts(
            &server.client(),
            "/auth/register",
            CROWD,
            |n| json!({ "email": mixed(n), "password": PASSWORD }),
        )
        .await;
        one_wins(&answers, 201, "REGISTER_USER_ALREADY_EXISTS");
        assert_eq!(count_users(&server, &mixed(0)), 1);
        for backend in Backend::all() {
            assert_eq!(server.client().login(backend, &mixed(CROWD), PASSWORD).await.status, 200);
        }
    }
}

#[on_each_store]
async fn a_hidden_registration_tells_nobody_who_was_first() {
    let server = camelot(roomy(strict())).await;
    let answers = posts(
        &server.client(),
        "/auth/register",
        CROWD,
        |n| json!({ "email": mixed(n), "password": PASSWORD }),
    )
    .await;
    assert_eq!(tally(&answers), BTreeMap::from([((202, String::new()), CROWD)]));
    assert_eq!(count_users(&server, &mixed(0)), 1);
    let events = server.events().await;
    let known = events.iter().filter(|event| matches!(event, Event::RegistrationOfKnown(_)));
    assert_eq!(known.count(), CROWD - 1);
}

#[on_each_store]
async fn one_of_many_moves_to_an_address() {
    for each in COMPAT_MODES {
        let server = camelot(roomy(compat(each))).await;
        let mut knights = Vec::new();
        for n in 0..20 {
            let email = format!("knight-{n}@camelot.bt");
            server.user(&email, PASSWORD, |_| {}).await;
            knights.push(server.client().signed_in(Backend::Db, &email, PASSWORD).await);
        }
        let answers = at_once(knights.len(), |n| {
            let knight = knights[n].clone();
            async move { knight.patch("/users/me", json!({ "email": mixed(n) })).await }
        })
        .await;
        one_wins(&answers, 200, "UPDATE_USER_EMAIL_ALREADY_EXISTS");
        assert_eq!(count_users(&server, &mixed(0)), 1);
    }
}

#[on_each_store]
async fn a_used_verify_token_stays_used() {
    for each in COMPAT_MODES {
        let server = camelot(roomy(compat(each))).await;
        let merlin = merlin(&server).await;
        let arthur = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
        let path = format!("/users/{}", arthur.get("/users/me").await.json["id"].as_str().expect("an id"));
        let token = verify_token(&server, ARTHUR).await;
        let verify = || async { server.client().post_json("/auth/verify", json!({ "token": token })).await };
        assert_eq!(verify().await.status, 200);

        assert_eq!(merlin.patch(&path, json!({ "is_verified": false })).await.status, 200);
        verify().await.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
        for email in ["king@camelot.bt", ARTHUR] {
            assert_eq!(arthur.patch("/users/me", json!({ "email": email })).await.json["email"], email);
        }
        verify().await.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
        assert_eq!(merlin.get(&path).await.json["is_verified"], false);
    }
}

#[on_each_store]
async fn a_used_token_for_a_new_address_stays_used() {
    let server = camelot(roomy(strict())).await;
    let merlin = merlin(&server).await;
    let arthur = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
    let path = format!("/users/{}", arthur.get("/users/me").await.json["id"].as_str().expect("an id"));
    let token = change_token(&server, &arthur, "king@camelot.bt").await;
    let confirm = || async {
        server
            .client()
            .post_json("/auth/confirm-email", json!({ "token": token, "password": PASSWORD }))
            .await
    };
    assert_eq!(confirm().await.status, 200);
    assert_eq!(merlin.patch(&path, json!({ "email": ARTHUR })).await.json["email"], ARTHUR);
    confirm().await.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
    assert_eq!(merlin.get(&path).await.json["email"], ARTHUR);
}

#[on_each_store]
async fn a_token_that_failed_a_rule_is_not_used_up() {
    for each in COMPAT_MODES {
        let server = camelot(roomy(compat(each))).await;
        let token = reset_token(&server, ARTHUR).await;
        let reset = |password: &'static str| {
            let body = json!({ "token": token, "password": password });
            let client = server.client();
            async move { client.post_json("/auth/reset-password", body).await }
        };
        assert_eq!(reset("ab").await.detail()["code"], "RESET_PASSWORD_INVALID_PASSWORD");
        assert_eq!(reset("lancelot").await.status, 200);
        reset("galahad").await.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
    }
}
