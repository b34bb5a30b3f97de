//! Extractors: whom each lets in, and what the others are told.

use axum_users_tests::{Backend, Server, on_each_store};
use serde_json::json;

use crate::cast::{ARTHUR, GALAHAD, MERLIN, PASSWORD, arthur, deactivate, each_layout, merlin_signed_in};

const PLACES: [&str; 3] = ["/authenticated", "/verified", "/superuser"];

#[on_each_store]
async fn prove_facts() {
    for server in each_layout().await {
        arthur(&server).await;
        server.user(GALAHAD, PASSWORD, |user| user.is_verified = Some(true)).await;
        server.user(MERLIN, PASSWORD, |user| user.is_superuser = Some(true)).await;
        for backend in Backend::all() {
            for (email, statuses) in
                [(ARTHUR, [200, 403, 403]), (GALAHAD, [200, 200, 403]), (MERLIN, [200, 403, 200])]
            {
                let client = server.client().signed_in(backend, email, PASSWORD).await;
                let hello = json!({ "message": format!("Hello {email}!") });
                for (place, status) in PLACES.into_iter().zip(statuses) {
                    let answer = client.get(place).await;
                    let forbidden = json!({ "detail": "Forbidden" });
                    answer.is(status, if status == 200 { &hello } else { &forbidden });
                }
                client.get("/optional").await.is(200, &hello);
            }
        }
    }
}

#[on_each_store]
async fn know_nobody_without_a_good_token() {
    let server = Server::start().await;
    let header = |name, value| server.client().with(name, value);
    for client in [
        server.client(),
        header("authorization", "Bearer"),
        header("authorization", "Bearer "),
        header("authorization", "Bearer a.b.c"),
        header("authorization", "Basic YXJ0aHVyOmd1aW5ldmVyZQ=="),
        header("authorization", "a.b.c"),
        header("cookie", "__Host-axum-users=a.b.c"),
        header("cookie", "session="),
        header("cookie", ";;="),
    ] {
        for place in PLACES.into_iter().chain(["/claims"]) {
            let answer = client.get(place).await;
            answer.refuses(401, json!("Unauthorized"));
            assert_eq!(answer.header("www-authenticate"), "Bearer");
            assert_eq!(answer.header("cache-control"), "no-store");
        }
        client.get("/optional").await.is(200, &json!({ "message": "Hello anonymous!" }));
    }
}

#[on_each_store]
async fn know_no_inactive_user() {
    for server in each_layout().await {
        let user = server.user(ARTHUR, PASSWORD, |user| {
            user.is_superuser = Some(true);
            user.is_verified = Some(true);
        });
        let user = user.await;
        let mut sessions = Vec::new();
        for backend in Backend::all() {
            sessions.push(server.client().signed_in(backend, ARTHUR, PASSWORD).await);
        }
        deactivate(&server, &user).await;
        for session in sessions {
            for place in PLACES {
                session.get(place).await.refuses(401, json!("Unauthorized"));
            }
            session.get("/optional").await.is(200, &json!({ "message": "Hello anonymous!" }));
        }
    }
}

#[on_each_store]
async fn read_claims_without_the_database() {
    for server in each_layout().await {
        let user = arthur(&server).await;
        let (_, merlin) = merlin_signed_in(&server).await;
        let hello = json!({ "message": format!("Hello {}!", user.id) });
        let mut sessions = Vec::new();
        for backend in Backend::all() {
            sessions.push((backend, server.client().signed_in(backend, ARTHUR, PASSWORD).await));
        }
        assert_eq!(merlin.delete(&format!("/users/{}", user.id)).await.status, 204);
        for (backend, session) in sessions {
            let answer = session.get("/claims").await;
            if backend.is_jwt() {
                answer.is(200, &hello);
            } else {
                answer.refuses(401, json!("Unauthorized"));
            }
        }
    }
}
