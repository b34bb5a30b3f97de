//! Passwords that are tried: by one client at an account, and by all clients at one.

use std::sync::atomic::Ordering;

use axum_users::prelude::*;
use axum_users_tests::{Backend, at_once, on_each_store, tally};
use serde_json::json;

use super::{Counts, MINUTE, NOBODY, OFF, client_at, counters, is_too_many, limited};
use crate::common::{ARTHUR, PASSWORD, reset_token};

/// F82: of many at once as many get through as may, and the others cost no hash.
#[on_each_store]
async fn of_many_at_once_as_many_are_tried_as_may() {
    for counts in counters().await {
        for email in [ARTHUR, NOBODY] {
            let limits = OFF.passwords(Rate::new(10, MINUTE));
            let server = limited(&counts, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
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
        let limits = OFF.passwords(Rate::new(3, 3 * MINUTE));
        let server = limited(&counts, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
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
        let limits = OFF.passwords(Rate::new(3, MINUTE));
        let server = limited(&counts, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
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
    let limits = OFF.passwords(Rate::new(3, MINUTE));
    let server = limited(&Counts::Here, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
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
        let limits = OFF.passwords_per_account(Rate::new(20, 20 * MINUTE));
        let server = limited(&counts, limits, Policy::fastapi_users().keep_last_superuser(true)).await;
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

/// A stolen session does not guess the password: it shares its guesses with sign-ins.
#[on_each_store]
async fn the_current_password_is_guessed_no_oftener_than_at_sign_in() {
    for counts in counters().await {
        let limits = OFF.passwords(Rate::new(3, 3 * MINUTE));
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
