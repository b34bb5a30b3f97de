//! `POST {backend}/login`.

use axum_users_tests::{Backend, Server};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn signs_in_and_out() {
    let server = Server::start().await;
    server.user("arthur@camelot.bt", "guinevere", |_| {}).await;
    for backend in Backend::ALL {
        let client = server.client().signed_in(backend, "arthur@camelot.bt", "guinevere").await;
        client.get("/authenticated").await.is(200, &json!({ "message": "Hello arthur@camelot.bt!" }));
        client.post(&format!("{}/logout", backend.path())).await.is(200, &json!(null));
        client.get("/authenticated").await.refuses(401, json!("Unauthorized"));
    }
}
