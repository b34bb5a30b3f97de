//! `POST {backend}/logout`.

use axum_users_tests::{Backend, Server, on_each_store};
use serde_json::json;

use crate::cast::{ARTHUR, PASSWORD, arthur, each_layout};

#[on_each_store]
async fn ends_the_token() {
    for server in each_layout().await {
        arthur(&server).await;
        for backend in Backend::all() {
            let client = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
            let other = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
            let logout = format!("{}/logout", backend.path());
            client.post(&logout).await.is(200, &json!(null));
            client.get("/authenticated").await.refuses(401, json!("Unauthorized"));
            client.post(&logout).await.refuses(401, json!("Unauthorized"));
            // The other session is another token.
            assert_eq!(other.get("/authenticated").await.status, 200, "{backend:?}");
        }
    }
}

#[on_each_store]
async fn ends_a_token_where_it_is_known() {
    for server in each_layout().await {
        arthur(&server).await;
        for (home, place) in Backend::all().flat_map(|home| Backend::all().map(move |place| (home, place))) {
            let login = server.client().login(home, ARTHUR, PASSWORD).await;
            let client = server.client().holding(home, &login);
            let answer = client.post(&format!("{}/logout", place.path())).await;
            answer.is(200, &json!(null));
            // It is the backend of the token that answers.
            assert_eq!(answer.cookie().map(|(name, _)| name), login.cookie().map(|(name, _)| name));
            client.get("/authenticated").await.refuses(401, json!("Unauthorized"));
        }
    }
}

#[on_each_store]
async fn asks_for_a_token() {
    let server = Server::start().await;
    for backend in Backend::all() {
        let logout = format!("{}/logout", backend.path());
        server.client().post(&logout).await.refuses(401, json!("Unauthorized"));
        let forged = server.client().with("authorization", "Bearer forged");
        forged.post(&logout).await.refuses(401, json!("Unauthorized"));
    }
}
