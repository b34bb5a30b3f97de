//! Several backends: who is believed, and which of them a request may use.

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::{Extension, Router};
use axum_users::prelude::*;
use axum_users_tests::{Backend, Camelot, Client, Server, Serving, on_each_store};
use serde_json::json;

use crate::cast::{ARTHUR, GALAHAD, PASSWORD, arthur, deactivate, each_layout, shown};

/// Clients of one user, one a backend.
async fn sessions(server: &Server, email: &str) -> Vec<(Backend, Client)> {
    let mut sessions = Vec::new();
    for backend in Backend::all() {
        sessions.push((backend, server.client().signed_in(backend, email, PASSWORD).await));
    }
    sessions
}

/// A client with the credentials of two.
fn both(one: &Client, other: &Client) -> Client {
    let mut both = one.clone();
    both.headers.extend(other.headers.clone());
    both
}

#[on_each_store]
async fn a_bad_bearer_falls_through_to_the_cookie() {
    for server in each_layout().await {
        let user = arthur(&server).await;
        for (backend, client) in sessions(&server, ARTHUR).await {
            if !backend.is_cookie() {
                continue;
            }
            for bad in ["Bearer forged", "Bearer a.b.c", "Bearer", "Basic YTpi", "nonsense"] {
                let client = client.with("authorization", bad);
                client.get("/users/me").await.is(200, &shown(&user));
            }
            // And the cookie is what a sign-out ends.
            let client = client.with("authorization", "Bearer forged");
            client.post("/auth/jwt/logout").await.is(200, &json!(null));
            client.get("/users/me").await.refuses(401, json!("Unauthorized"));
        }
    }
}

#[on_each_store]
async fn the_first_that_yields_a_user_wins() {
    for server in each_layout().await {
        arthur(&server).await;
        server.user(GALAHAD, PASSWORD, |_| {}).await;
        let (arthurs, galahads) = (sessions(&server, ARTHUR).await, sessions(&server, GALAHAD).await);
        for (place, (one, arthur)) in arthurs.iter().enumerate() {
            for (other_place, (other, galahad)) in galahads.iter().enumerate() {
                // Two headers of one name are another matter.
                if one.is_cookie() == other.is_cookie() {
                    continue;
                }
                let winner = if place < other_place { ARTHUR } else { GALAHAD };
                let answer = both(arthur, galahad).get("/authenticated").await;
                answer.is(200, &json!({ "message": format!("Hello {winner}!") }));
            }
        }
    }
}

#[on_each_store]
async fn an_inactive_user_gives_way_to_the_next() {
    let server = Server::start().await;
    arthur(&server).await;
    let galahad = server.user(GALAHAD, PASSWORD, |_| {}).await;
    let arthur = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
    let other = server.client().signed_in(Backend::DbCookie, GALAHAD, PASSWORD).await;
    let client = both(&arthur, &other);
    client.get("/authenticated").await.is(200, &json!({ "message": "Hello arthur@camelot.bt!" }));
    let user =
        Manager::for_code(server.camelot.clone()).user_by_email(&ARTHUR.parse().expect("an address")).await;
    deactivate(&server, &user.expect("storage").expect("Arthur")).await;
    let hello = json!({ "message": format!("Hello {}!", galahad.email) });
    client.get("/authenticated").await.is(200, &hello);
}

#[on_each_store]
async fn a_layer_chooses_them() {
    let server = Server::start().await;
    let user = arthur(&server).await;
    let sessions = sessions(&server, ARTHUR).await;
    for (names, enabled) in [
        (vec![], vec![]),
        (vec![Camelot::JWT], vec![Backend::Jwt]),
        (vec![Camelot::COOKIE], vec![Backend::Cookie]),
        (vec![Camelot::DB, Camelot::DB_COOKIE], vec![Backend::Db, Backend::DbCookie]),
        (vec![Camelot::DB_COOKIE, Camelot::JWT], vec![Backend::Jwt, Backend::DbCookie]),
    ] {
        let routes: Router = server.camelot.routes();
        let serving = Serving::start(routes.layer(Extension(EnabledBackends::only(names)))).await;
        for (backend, client) in &sessions {
            let answer = client.at(&serving.url).get("/users/me").await;
            if enabled.contains(backend) {
                answer.is(200, &shown(&user));
            } else {
                answer.refuses(401, json!("Unauthorized"));
            }
        }
    }
}

/// Who asks for it is known by the database alone.
async fn choose(mut request: Request, next: Next) -> Response {
    if request.headers().contains_key("x-careful") {
        request.extensions_mut().insert(EnabledBackends::only([Camelot::DB]));
    }
    next.run(request).await
}

#[on_each_store]
async fn a_middleware_chooses_them_for_each_request() {
    let server = Server::start().await;
    arthur(&server).await;
    let routes: Router = server.camelot.routes();
    let serving = Serving::start(routes.layer(from_fn(choose))).await;
    for (backend, client) in sessions(&server, ARTHUR).await {
        let client = client.at(&serving.url);
        assert_eq!(client.get("/users/me").await.status, 200, "{backend:?}");
        let status = client.with("x-careful", "yes").get("/users/me").await.status;
        assert_eq!(status == 200, backend == Backend::Db, "{backend:?}");
    }
}
