//! Session JWTs, claim by claim: who is let in with which.

use axum_users::clock::Clock;
use axum_users::prelude::*;
use axum_users::token::{Algorithm, JwtKeys};
use axum_users_tests::{Backend, Server, on_each_store};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::cast::{ARTHUR, PASSWORD, arthur, each_layout, with};

/// What the server's token for Arthur says.
async fn issued(server: &Server) -> Value {
    let login = server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await;
    let token = login.json["access_token"].as_str().expect("a token");
    let claims = token.split('.').nth(1).expect("a JWT");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64")).expect("JSON")
}

/// The status of a request with `claims`, signed as the server would.
async fn status(server: &Server, claims: &Value) -> u16 {
    let keys = JwtKeys::hmac(Algorithm::HS256, &Secrets::new(server.session_key())).expect("keys");
    let token = keys.sign(claims).expect("a token");
    let client = server.client().with("authorization", &format!("Bearer {token}"));
    client.get("/users/me").await.status.as_u16()
}

#[on_each_store]
async fn are_read_strictly() {
    for (server, audience) in each_layout().await.iter().zip(["axum-users:auth", "fastapi-users:auth"]) {
        arthur(server).await;
        let claims = issued(server).await;
        let now = server.clock.now().seconds();
        for (change, expected) in [
            (json!({}), 200),
            (json!({ "aud": audience }), 200),
            (json!({ "aud": ["another", audience] }), 200),
            (json!({ "aud": "another" }), 401),
            (json!({ "aud": [] }), 401),
            (json!({ "aud": null }), 401),
            (json!({ "exp": now + 1 }), 200),
            (json!({ "exp": now }), 401),
            (json!({ "exp": now - 30 }), 401),
            (json!({ "exp": null }), 401),
            (json!({ "exp": "tomorrow" }), 401),
            (json!({ "nbf": now }), 200),
            (json!({ "nbf": now + 1 }), 401),
            (json!({ "iat": now }), 200),
            (json!({ "iat": now + 1 }), 401),
            (json!({ "sub": "00000000-0000-4000-8000-000000000000" }), 401),
            (json!({ "sub": "arthur" }), 401),
            (json!({ "sub": 1 }), 401),
            (json!({ "sub": null }), 401),
            (json!({ "fgpt": "forged" }), 401),
        ] {
            assert_eq!(status(server, &with(claims.clone(), change.clone())).await, expected, "{change}");
        }
    }
}

#[on_each_store]
async fn of_the_original_are_enough_where_it_is_at_home() {
    for (server, expected) in each_layout().await.iter().zip([401, 200]) {
        arthur(server).await;
        let claims = issued(server).await;
        let original = json!({ "sub": claims["sub"], "aud": claims["aud"], "exp": claims["exp"] });
        assert_eq!(status(server, &original).await, expected);
    }
}

#[on_each_store]
async fn count_in_whole_seconds() {
    for server in each_layout().await {
        arthur(&server).await;
        let claims = issued(&server).await;
        let expected = server.clock.now().after(HOUR).seconds();
        assert_eq!(claims["exp"], json!(expected));
        assert!(claims["aud"].is_array(), "{claims}");
    }
}
