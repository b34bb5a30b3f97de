//! `CROSS_SITE_REQUEST`: the answer to a write that another site made the browser send.

use axum_users_tests::{Backend, Client, Server, on_each_store};
use serde_json::json;

use crate::cast::{ARTHUR, PASSWORD, arthur, each_layout, shown};

/// What a browser says of a request that another site made it send.
fn elsewhere(client: &Client) -> [Client; 3] {
    [
        client.with("sec-fetch-site", "cross-site"),
        client.with("sec-fetch-site", "same-site"),
        client.with("origin", "https://mordred.example"),
    ]
}

#[on_each_store]
async fn a_cookie_does_not_write_for_another_site() {
    for server in each_layout().await {
        let user = arthur(&server).await;
        for backend in Backend::all() {
            let client = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
            for elsewhere in elsewhere(&client) {
                let answer = elsewhere.patch("/users/me", json!({})).await;
                if backend.is_cookie() {
                    answer.refuses(403, json!("CROSS_SITE_REQUEST"));
                    let logout = elsewhere.post(&format!("{}/logout", backend.path())).await;
                    logout.refuses(403, json!("CROSS_SITE_REQUEST"));
                } else {
                    // A page can't make a browser send a header that it does not know.
                    answer.is(200, &shown(&user));
                }
                // To read is no write.
                elsewhere.get("/users/me").await.is(200, &shown(&user));
            }
        }
    }
}

#[on_each_store]
async fn nor_is_a_browser_signed_in_by_one() {
    let server = Server::start().await;
    arthur(&server).await;
    for backend in Backend::all() {
        for elsewhere in elsewhere(&server.client()) {
            let answer = elsewhere.login(backend, ARTHUR, PASSWORD).await;
            answer.refuses(403, json!("CROSS_SITE_REQUEST"));
            assert_eq!(answer.header("set-cookie"), "");
        }
        let own = server.client().with("sec-fetch-site", "same-origin");
        assert_eq!(own.login(backend, ARTHUR, PASSWORD).await.status, 200);
        let own = server.client().with("origin", &server.url);
        assert_eq!(own.login(backend, ARTHUR, PASSWORD).await.status, 200);
    }
}
