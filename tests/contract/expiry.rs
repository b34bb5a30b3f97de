//! Lifetimes, to the second.

use std::time::Duration;

use axum_users::prelude::{HOUR, Manager};
use axum_users_tests::{Backend, on_each_database, on_each_store};
use serde_json::json;

use crate::cast::{ARTHUR, PASSWORD, arthur, each_layout};

const SECOND: Duration = Duration::from_secs(1);

#[on_each_store]
async fn a_session_lives_as_long_as_its_backend_says() {
    for backend in Backend::all() {
        for server in each_layout().await {
            arthur(&server).await;
            let client = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
            server.clock.advance(HOUR - SECOND);
            assert_eq!(client.get("/users/me").await.status, 200, "{backend:?}");
            server.clock.advance(SECOND);
            client.get("/users/me").await.refuses(401, json!("Unauthorized"));
            client.post(&format!("{}/logout", backend.path())).await.refuses(401, json!("Unauthorized"));
        }
    }
}

#[on_each_store]
async fn a_mailed_token_lives_an_hour() {
    for (ask, tell, refusal) in [
        ("/auth/forgot-password", "/auth/reset-password", "RESET_PASSWORD_BAD_TOKEN"),
        ("/auth/request-verify-token", "/auth/verify", "VERIFY_USER_BAD_TOKEN"),
    ] {
        for (age, is_good) in [(HOUR - SECOND, true), (HOUR, false), (2 * HOUR, false)] {
            for server in each_layout().await {
                arthur(&server).await;
                server.client().post_json(ask, json!({ "email": ARTHUR })).await;
                let [mail] = &server.mails().await[..] else { panic!("one mail") };
                server.clock.advance(age);
                let body = json!({ "token": mail.token, "password": "excalibur" });
                let answer = server.client().post_json(tell, body).await;
                if is_good {
                    assert_eq!(answer.status, 200, "{}", answer.text);
                } else {
                    answer.refuses(400, json!(refusal));
                }
            }
        }
    }
}

/// Rows outlive their token by five minutes, for nodes whose clocks are behind. Then a clean-up deletes them; what has not
/// expired stays.
#[on_each_database]
async fn expired_tokens_and_marks_are_purged_after_a_margin() {
    for (server, table) in each_layout().await.into_iter().zip(["session", "accesstoken"]) {
        arthur(&server).await;
        let rows = || {
            let query = |table| format!("SELECT count(*) AS value FROM {table}");
            [table, "ended_token"].map(|table| server.database.number(&query(table)))
        };
        let manager = Manager::for_code(server.camelot.clone());
        server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        let jwt = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
        assert_eq!(jwt.post("/auth/jwt/logout").await.status, 200);
        server.clock.advance(HOUR / 2);
        let live = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        manager.purge(HOUR).await.expect("a clean-up");
        assert_eq!(rows(), [2, 1]);
        server.clock.advance(HOUR / 2 + 298 * SECOND);
        manager.purge(HOUR).await.expect("a clean-up");
        assert_eq!(rows(), [2, 1]);
        server.clock.advance(3 * SECOND);
        manager.purge(HOUR).await.expect("a clean-up");
        assert_eq!(rows(), [1, 0]);
        assert_eq!(live.get("/users/me").await.status, 200);
    }
}
