//! Bearer tokens, which no site can make a browser send, alone and beside cookies.

use axum_users::backend::BackendName;
use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users::token::{Algorithm, JwtKeys};
use axum_users_tests::{Answer, Backend, Options, Server, on_each_store};
use reqwest::Method;
use serde_json::json;

use super::{COOKIES, WRITES, browsers, is_cross_site, superusers, write};
use crate::common::{ARTHUR, MERLIN, PASSWORD, camelot, is_in};

#[on_each_store]
async fn a_bearer_token_comes_from_no_browser() {
    let server = superusers(Compat::None).await;
    for backend in [Backend::Jwt, Backend::Db] {
        let merlin = server.client().signed_in(backend, MERLIN, PASSWORD).await;
        for (browser, client, _) in browsers(&server, &merlin) {
            for (method, path, status) in &WRITES {
                let answer = write(&client, method, path).await;
                assert_eq!(answer.status, *status, "{backend:?}: {method} {path}: {browser}");
            }
        }
    }
}

#[on_each_store]
async fn a_junk_authorization_header_skips_no_check() {
    let server = camelot(Options::default()).await;
    let ended = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
    assert_eq!(ended.post("/auth/jwt/logout").await.status, 200);
    let ended = ended.headers["authorization"].to_str().expect("text").to_owned();
    for backend in COOKIES {
        let arthur = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
        for header in ["Bearer excalibur", "Bearer a.b.c", "Basic YTpi", "Bearer", "%", &ended] {
            let client = arthur.with("authorization", header);
            assert!(is_in(&client).await, "{backend:?}: {header}: the next backend is asked");
            let client = client.with("sec-fetch-site", "cross-site");
            is_cross_site(&client.patch("/users/me", json!({})).await, header);
            is_cross_site(&client.post("/authenticated").await, header);
            is_cross_site(&client.post(&format!("{}/logout", backend.path())).await, header);
        }
    }
}

/// Extractors that read claims go on to the next backend, as the others do.
#[on_each_store]
async fn claims_of_a_later_backend_are_found_behind_a_rejected_cookie() {
    const LATE: BackendName = BackendName::new("late");
    let keys = JwtKeys::hmac(Algorithm::HS256, &"x".repeat(32).into()).expect("keys");
    let late = Jwt::default().keys(keys);
    let server = Server::of(Options::default(), |_| {}, |setup| setup.backend(LATE, Bearer, late));
    let server = server.await.expect("the app starts");
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    let form = [("username", ARTHUR), ("password", PASSWORD)];
    let request = server.client().request(Method::POST, "/auth/late/login").form(&form);
    let bearer = Answer::of(request).await.json["access_token"].as_str().expect("a token").to_owned();
    let cookie = server.client().signed_in(Backend::Cookie, ARTHUR, PASSWORD).await;
    let handshake = cookie.with("upgrade", "websocket").with("sec-fetch-site", "cross-site");
    for path in ["/authenticated", "/claims"] {
        is_cross_site(&handshake.get(path).await, path);
        let both = handshake.with("authorization", &format!("Bearer {bearer}"));
        assert_eq!(both.get(path).await.status, 200, "{path}");
        let junk = handshake.with("authorization", "Bearer excalibur");
        is_cross_site(&junk.get(path).await, path);
    }
}

/// What no site can make a browser send is good beside what one can.
#[on_each_store]
async fn a_refused_cookie_does_not_refuse_a_bearer() {
    let server = camelot(Options::default()).await;
    let cookie = server.client().signed_in(Backend::Cookie, ARTHUR, PASSWORD).await;
    let bearer = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let mut both = cookie.with("sec-fetch-site", "cross-site");
    is_cross_site(&both.post("/authenticated").await, "the cookie alone");
    both.headers.extend(bearer.headers.clone());
    assert_eq!(both.post("/authenticated").await.status, 200);
}
