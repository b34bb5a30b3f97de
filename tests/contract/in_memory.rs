//! A database in memory, which tests use, is one database for all requests.

use axum_users::prelude::*;
use axum_users::testing;
use axum_users_tests::{CHEAP, Serving, User};
use serde_json::json;

use crate::cast::{ARTHUR, PASSWORD};

auth_app! {
    /// Lasts as long as the process.
    struct Mirage {
        user: User,
        database: Sqlite,
        backends: {
            db: Bearer + Database,
        },
        hasher: CHEAP,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_sees_a_database_in_memory() {
    let mirage = Mirage::setup().start(testing::config(testing::in_memory())).await.expect("the app starts");
    let serving = Serving::start(mirage.routes()).await;
    let client = serving.client();
    assert_eq!(client.register(ARTHUR, PASSWORD).await.status, 201);
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let client = client.clone();
        requests.spawn(async move {
            let body = json!({ "username": ARTHUR, "password": PASSWORD });
            let login = client.post_json("/auth/db/login", body).await;
            let token = login.json["access_token"].as_str().expect("a token");
            client.with("authorization", &format!("Bearer {token}")).get("/users/me").await.status
        });
    }
    while let Some(status) = requests.join_next().await {
        assert_eq!(status.expect("an answer"), 200);
    }
}
