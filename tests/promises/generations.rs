//! Promise 2: a token that was revoked never becomes valid again, and one that was issued afterwards is valid at once.

use axum_users::backend::BackendName;
use axum_users::prelude::*;
use axum_users_tests::{
    Backend, Client, HashingGate, Options, SECRET, Server, at_once, has_own_process, on_each_store, traced,
};
use serde_json::{Value, json};

use crate::common::{
    ARTHUR, COMPAT_MODES, PASSWORD, camelot, change_token, compat, in_time, is_in, merlin, reset_token,
    sessions, token_of,
};
use crate::forge::{HS256, claims, is_taken, issued, signed, with};

/// Where a superuser finds Arthur.
async fn path(server: &Server) -> String {
    let arthur = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    format!("/users/{}", arthur.get("/users/me").await.json["id"].as_str().expect("an id"))
}

async fn set_active(merlin: &Client, path: &str, is_active: bool) {
    assert_eq!(merlin.patch(path, json!({ "is_active": is_active })).await.status, 200);
}

/// The user is deactivated between the check of the password and the issue of the token.
#[on_each_store]
async fn a_login_that_a_deactivation_overtakes_issues_no_token() {
    for each in COMPAT_MODES {
        let gate = HashingGate::open();
        let server = Server::of(compat(each), |_| {}, |setup| setup.hasher(gate.clone())).await;
        let server = server.expect("the app starts");
        server.user(ARTHUR, PASSWORD, |_| {}).await;
        let merlin = merlin(&server).await;
        let path = path(&server).await;
        for backend in Backend::all() {
            gate.set(false);
            let client = server.client();
            let login = tokio::spawn(async move { client.login(backend, ARTHUR, PASSWORD).await });
            gate.holds(1).await;
            set_active(&merlin, &path, false).await;
            gate.set(true);
            let answer = in_time(login).await.expect("no panic");
            answer.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
            set_active(&merlin, &path, true).await;
        }
    }
}

/// Logins and a deactivation at the same moment: what was issued before it stays revoked after a reactivation.
#[on_each_store]
async fn no_login_survives_a_deactivation_that_it_races() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        let merlin = merlin(&server).await;
        let path = path(&server).await;
        for _ in 0..5 {
            let crowd = 2 * Backend::all().count();
            let sessions = at_once(crowd + 1, |n| {
                let (client, merlin, path) = (server.client(), merlin.clone(), path.clone());
                async move {
                    if n == crowd / 2 {
                        set_active(&merlin, &path, false).await;
                        return None;
                    }
                    let backend = Backend::nth(n);
                    let answer = client.login(backend, ARTHUR, PASSWORD).await;
                    assert!([200, 400].contains(&answer.status.as_u16()), "{}", answer.text);
                    (answer.status == 200).then(|| (backend, client.holding(backend, &answer)))
                }
            })
            .await;
            set_active(&merlin, &path, true).await;
            for (backend, session) in sessions.into_iter().flatten() {
                assert!(!is_in(&session).await, "{each:?}: a token of {backend:?} came back");
            }
        }
    }
}

/// Both sides of the boundary, at one and the same moment: the clock stands still.
#[on_each_store]
async fn a_login_in_the_second_of_a_change_is_good_and_one_from_before_it_is_not() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        let merlin = merlin(&server).await;
        let path = path(&server).await;
        let changes: [&[Value]; 2] = [
            &[json!({ "password": PASSWORD })],
            &[json!({ "is_active": false }), json!({ "is_active": true })],
        ];
        for change in changes {
            let before = sessions(&server, ARTHUR, PASSWORD).await;
            for step in change {
                assert_eq!(merlin.patch(&path, step.clone()).await.status, 200);
            }
            let after = sessions(&server, ARTHUR, PASSWORD).await;
            for (backend, session) in &before {
                assert!(!is_in(session).await, "{each:?}: {backend:?} outlived {change:?}");
            }
            for (backend, session) in &after {
                assert!(is_in(session).await, "{each:?}: {backend:?} is void after {change:?}");
            }
        }
    }
}

/// RFC 7519 lets dates be fractions, and some readers take a fraction for the future.
#[on_each_store]
async fn the_dates_of_a_token_are_whole_seconds_rounded_down() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        for micros in [1, 499_999, 500_000, 999_999] {
            server.clock.advance(std::time::Duration::from_micros(micros));
            let now = axum_users::clock::Clock::now(&server.clock).seconds();
            let session = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
            let claims = claims(&token_of(&session));
            assert_eq!((claims["iat"].as_i64(), claims["exp"].as_i64()), (Some(now), Some(now + 3600)));
            assert!(claims["nbf"].is_null() && is_in(&session).await);
        }
    }
}

#[on_each_store]
async fn a_token_of_another_generation_is_rejected() {
    for each in COMPAT_MODES {
        let (server, _, real) = issued(each).await;
        let token = |generation: Value| {
            signed(HS256, &with(&real, json!({ "user_gen": generation })), server.session_key())
        };
        assert!(is_taken(&server, &token(json!(0))).await);
        let merlin = merlin(&server).await;
        let path = path(&server).await;
        for is_active in [false, true] {
            set_active(&merlin, &path, is_active).await;
        }
        for other in [0, 2, -1, i64::MAX] {
            assert!(!is_taken(&server, &token(json!(other))).await, "{each:?}: {other}");
        }
        assert!(is_taken(&server, &token(json!(1))).await, "{each:?}");
        for odd in [json!("1"), json!(1.5), json!([1]), json!(true)] {
            assert!(!is_taken(&server, &token(odd.clone())).await, "{each:?}: {odd}");
        }
    }
}

/// A user of whom nothing was ever revoked has no row that says so, and is in generation 0. So is one whose row was lost
/// with a restored backup: tokens of a later generation were issued by a database that is gone.
#[on_each_store]
async fn a_token_of_a_later_generation_is_rejected_while_nothing_was_revoked() {
    for each in COMPAT_MODES {
        let (server, _, real) = issued(each).await;
        let token = |generation: i64| {
            signed(HS256, &with(&real, json!({ "user_gen": generation })), server.session_key())
        };
        for other in [1, 2, -1, i64::MAX, i64::MIN] {
            assert!(!is_taken(&server, &token(other)).await, "{each:?}: {other}");
        }
        assert!(is_taken(&server, &token(0)).await, "{each:?}");
        // A one-time token is checked in the transaction that consumes it.
        let ours = claims(&reset_token(&server, ARTHUR).await);
        for (generation, status) in [(1, 400), (-1, 400), (0, 200)] {
            let token = signed(HS256, &with(&ours, json!({ "user_gen": generation })), server.reset_key());
            let body = json!({ "token": token, "password": "lancelot" });
            let answer = server.client().post_json("/auth/reset-password", body).await;
            assert_eq!(answer.status, status, "{each:?}: {generation}: {}", answer.text);
        }
    }
}

/// A lifetime has no upper bound, and a generation outlives every token.
#[on_each_store]
async fn a_purge_forgets_no_generation() {
    const YEAR: std::time::Duration = std::time::Duration::from_secs(366 * 24 * 3600);
    let long = BackendName::new("long");
    for each in COMPAT_MODES {
        let jwt = Jwt::default().lifetime(30 * YEAR);
        let server = Server::of(compat(each), |_| {}, |setup| setup.backend(long, Bearer, jwt)).await;
        let server = server.expect("the app starts");
        server.user(ARTHUR, PASSWORD, |_| {}).await;
        let login = async || {
            let body = json!({ "username": ARTHUR, "password": PASSWORD });
            let answer = server.client().post_json("/auth/long/login", body).await;
            let token = answer.json["access_token"].as_str().expect("a token").to_owned();
            server.client().with("authorization", &format!("Bearer {token}"))
        };
        let revoked = login().await;
        let merlin = merlin(&server).await;
        let path = path(&server).await;
        for is_active in [false, true] {
            set_active(&merlin, &path, is_active).await;
        }
        let current = login().await;
        server.clock.advance(11 * YEAR);
        Manager::for_code(server.camelot.clone()).purge(HOUR).await.expect("a clean-up");
        assert!(!is_in(&revoked).await, "{each:?}: a revoked token came back");
        assert!(is_in(&current).await, "{each:?}: a purge revoked a token");
    }
}

/// Reset tokens of before a deactivation, ours and those of FastAPI Users, which carry no generation.
#[on_each_store]
async fn a_reset_token_from_before_a_deactivation_is_void() {
    for each in COMPAT_MODES {
        let server = camelot(compat(each)).await;
        let merlin = merlin(&server).await;
        let path = path(&server).await;
        let ours = reset_token(&server, ARTHUR).await;
        let foreign = with(&claims(&ours), json!({ "fgpt": null, "user_gen": null, "jti": null }));
        let foreign = signed(HS256, &foreign, server.reset_key());
        for is_active in [false, true] {
            set_active(&merlin, &path, is_active).await;
        }
        for token in [&ours, &foreign] {
            let body = json!({ "token": token, "password": "mordred" });
            let answer = server.client().post_json("/auth/reset-password", body).await;
            answer.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
        }
        // A new one is good at the same moment.
        let body = json!({ "token": reset_token(&server, ARTHUR).await, "password": "lancelot" });
        assert_eq!(server.client().post_json("/auth/reset-password", body).await.status, 200, "{each:?}");
    }
}

/// The token is read before the deactivation and used after it.
#[on_each_store]
async fn a_reset_that_a_deactivation_overtakes_sets_no_password() {
    for each in COMPAT_MODES {
        for ends_active in [false, true] {
            let gate = HashingGate::open();
            let server = Server::of(compat(each), |_| {}, |setup| setup.hasher(gate.clone())).await;
            let server = server.expect("the app starts");
            server.user(ARTHUR, PASSWORD, |_| {}).await;
            let merlin = merlin(&server).await;
            let path = path(&server).await;
            let body = json!({ "token": reset_token(&server, ARTHUR).await, "password": "mordred" });
            gate.set(false);
            let client = server.client();
            let reset = tokio::spawn(async move { client.post_json("/auth/reset-password", body).await });
            gate.holds(1).await;
            set_active(&merlin, &path, false).await;
            if ends_active {
                set_active(&merlin, &path, true).await;
            }
            gate.set(true);
            let answer = in_time(reset).await.expect("no panic");
            answer.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
            set_active(&merlin, &path, true).await;
            let login = server.client().login(Backend::Jwt, ARTHUR, "mordred").await;
            assert_eq!(login.status, 400, "{each:?}: {ends_active}");
        }
    }
}

#[on_each_store]
async fn an_email_change_from_before_a_deactivation_is_void() {
    let server = camelot(Options { policy: Policy::strict(), ..Options::default() }).await;
    let merlin = merlin(&server).await;
    let path = path(&server).await;
    let arthur = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let token = change_token(&server, &arthur, "king@camelot.bt").await;
    for is_active in [false, true] {
        set_active(&merlin, &path, is_active).await;
    }
    let body = json!({ "token": token, "password": PASSWORD });
    let answer = server.client().post_json("/auth/confirm-email", body).await;
    answer.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
    let arthur = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let body =
        json!({ "token": change_token(&server, &arthur, "king@camelot.bt").await, "password": PASSWORD });
    assert_eq!(server.client().post_json("/auth/confirm-email", body).await.status, 200);
}

/// A token of FastAPI Users says when it ends: one that lives longer than ours would pass for one of the future.
#[on_each_store]
async fn a_foreign_token_that_lives_longer_does_not_outlive_a_password_change() {
    let python = BackendName::new("python");
    for foreign_lifetime in [None, Some(DAY)] {
        let server = Server::of(
            compat(FastApiUsers),
            |_| {},
            |setup| setup.backend(python, Bearer, Jwt::default().foreign_lifetime(foreign_lifetime)),
        );
        let server = server.await.expect("the app starts");
        server.user(ARTHUR, PASSWORD, |_| {}).await;
        let real = claims(&token_of(&server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await));
        let now = || axum_users::clock::Clock::now(&server.clock).seconds();
        let foreign = |exp: i64| {
            let gone = json!({ "fgpt": null, "iat": null, "jti": null, "user_gen": null, "exp": exp });
            let token = signed(HS256, &with(&real, gone), SECRET);
            server.client().with("authorization", &format!("Bearer {token}"))
        };
        let long = foreign(now() + 24 * 3600);
        assert_eq!(is_in(&long).await, foreign_lifetime.is_some());
        // One that nobody's setting allows.
        assert!(!is_in(&foreign(now() + 24 * 3600 + 2)).await);
        if has_own_process() {
            let warned =
                traced().lines().any(|line| line.contains("WARN") && line.contains("`foreign_lifetime`"));
            assert!(warned, "the log names the setting");
        }
        server.clock.advance(MINUTE);
        let arthur = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        assert_eq!(arthur.patch("/users/me", json!({ "password": "lancelot" })).await.status, 200);
        assert!(!is_in(&long).await, "{foreign_lifetime:?}: it outlived the password");
        // One that is issued afterwards is good, to its last second.
        server.clock.advance(MINUTE);
        let later = foreign(now() + 24 * 3600);
        assert_eq!(is_in(&later).await, foreign_lifetime.is_some());
    }
}
