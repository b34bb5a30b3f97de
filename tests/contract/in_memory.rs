//! A database in memory is one database, however many requests there are.

use axum_users::prelude::*;
use axum_users_tests::{CHEAP, RESET_SECRET, SECRET, Serving, User, VERIFY_SECRET};
use serde_json::json;

use crate::cast::{ARTHUR, PASSWORD};

auth_app! {
    /// Gone with the process.
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
async fn is_seen_by_every_request() {
    for address in
        ["sqlite://:memory:", ":memory:", "sqlite://", "", "file::memory:", "file:mirage?mode=memory"]
    {
        let mirage = Mirage::start(MirageConfig {
            database: address.to_owned(),
            secret: SECRET.into(),
            reset_password_token_secret: RESET_SECRET.into(),
            verification_token_secret: VERIFY_SECRET.into(),
        })
        .await
        .expect("the app starts");
        let serving = Serving::start(mirage.routes()).await;
        let client = serving.client();
        assert_eq!(client.register(ARTHUR, PASSWORD).await.status, 201, "{address}");
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
            assert_eq!(status.expect("an answer"), 200, "{address}");
        }
    }
}
