//! OWASP ASVS 5.0, 16.4.1: nothing that a client says begins a line of the log, and none of it moves a terminal's cursor.

use axum_users::hooks::{Change, HookResult, RequestInfo, TransactionHooks};
use axum_users::prelude::*;
use axum_users_tests::provider::Fault;
use axum_users_tests::{Options, User, has_own_process, on_each_store, trace_as_json, traced};
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::{Value, json};

use crate::common::{ASSOCIATE, PLACE, Scene, arthur, clients};

/// A line of the log that nobody wrote, after all that ends a line somewhere.
const FORGED: &str = "x\r\n\u{85}\u{2028}\u{1b}[2K\u{1b}[1;31m2026-01-01T00:00:00Z ERROR axum_users: FORGED\n{\"level\":\"ERROR\"}";

/// As much of it as may stand in a header.
const IN_A_HEADER: &str = "x\u{85}\u{2028}\t2026-01-01T00:00:00Z ERROR axum_users: FORGED";

/// Refuses with what the client sent, as a database does.
struct Quoting;

impl<C: Send> TransactionHooks<User, C> for Quoting {
    async fn on_update(&self, _: &User, after: &User, _: Change, _: &RequestInfo, _: &mut C) -> HookResult {
        match &after.display_name {
            Some(name) => Err(format!("no column holds `{name}`").into()),
            None => Ok(()),
        }
    }
}

/// Has every field that a client controls say it.
async fn forge() {
    let scene = Scene::of(Options::default(), |provider, setup| {
        clients(provider, setup)
            .transaction_hooks(Quoting)
            .trusted_proxies("127.0.0.0/8".parse().expect("a network"))
    })
    .await;
    let session = scene.registered("lancelot@camelot.bt").await;
    let plain = scene.server.client();

    for text in [FORGED, "lancelot@camelot.bt"] {
        for path in ["/auth/db/login", "/auth/cookie/login", "/auth/jwt/login"] {
            plain.post_json(path, json!({ "username": text, "password": FORGED })).await;
        }
        plain.post_json("/auth/register", json!({ "email": text, "password": FORGED })).await;
        for path in ["/auth/forgot-password", "/auth/request-verify-token"] {
            plain.post_json(path, json!({ "email": text })).await;
        }
    }
    plain.post_json("/auth/verify", json!({ "token": FORGED })).await;
    plain.post_json("/auth/reset-password", json!({ "token": FORGED, "password": FORGED })).await;
    let quoted = session.patch("/users/me", json!({ "display_name": FORGED })).await;
    assert_eq!(quoted.status, 500);
    session.patch("/users/me", json!({ "email": FORGED })).await;

    let escaped: String = url::form_urlencoded::byte_serialize(FORGED.as_bytes()).collect();
    for path in [
        format!("/users/{escaped}"),
        format!("/{escaped}?{escaped}"),
        format!("{PLACE}/authorize?scopes={escaped}"),
    ] {
        session.get(&path).await;
    }
    let header = HeaderValue::from_bytes(IN_A_HEADER.as_bytes()).expect("a header");
    for name in [
        "user-agent",
        "x-forwarded-for",
        "origin",
        "sec-fetch-site",
        "referer",
        "cookie",
        "authorization",
        "x-request-id",
    ] {
        for (method, path) in [(Method::GET, "/authenticated"), (Method::POST, "/auth/cookie/login")] {
            let request = plain.request(method, path).header(name, header.clone());
            axum_users_tests::Answer::of(
                request.json(&json!({ "username": "x@y.bt", "password": "guinevere" })),
            )
            .await;
        }
    }

    for place in [PLACE, ASSOCIATE] {
        let trip = scene.start(&session, place).await;
        trip.back_with(&[("error", FORGED), ("error_description", FORGED), ("state", &trip.state)]).await;
        let trip = scene.start(&session, place).await;
        trip.back_with(&[("code", FORGED), ("iss", FORGED), ("state", &trip.state)]).await;
        let trip = scene.start(&session, place).await;
        trip.back_with(&[("code", "x"), ("state", FORGED)]).await;
    }
    for (path, claims) in [
        ("/token", json!({})),
        ("/userinfo", json!({ "email": FORGED })),
        ("/jwks", json!({ "sub": FORGED, "nonce": FORGED })),
    ] {
        scene.provider.claims(claims);
        for status in [200, 400, 500] {
            let said: Value = json!({ "error": FORGED, "error_description": FORGED, "message": FORGED });
            scene.provider.fault(path, Some(Fault::Answers(status, said.to_string())));
            let trip = scene.start(&plain, PLACE).await;
            trip.back(&scene.provider.sign_in(&trip.url, &arthur())).await;
        }
        scene.provider.fault(path, None);
        let trip = scene.start(&plain, PLACE).await;
        trip.back(
            &scene.provider.sign_in(&trip.url, &json!({ "sub": FORGED, "name": FORGED, "email": FORGED })),
        )
        .await;
    }
    scene.server.camelot.drain().await;
}

/// Fails unless each line, wherever something ends one, is of the subscriber's own making.
#[track_caller]
fn no_line_is_forged(is_own: impl Fn(&str) -> bool) {
    let traced = traced();
    assert!(traced.contains("FORGED"), "it was there to be seen");
    assert!(traced.contains("sign_in_refused") && traced.contains("a provider refused"));
    for line in traced.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).filter(|line| !line.is_empty()) {
        assert!(is_own(line), "{line}");
    }
    let control = traced.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(control, None);
}

#[on_each_store]
async fn a_plain_log_has_no_line_of_a_clients() {
    if !has_own_process() {
        return;
    }
    forge().await;
    // A statement that a database's client writes down may have lines of its own.
    let is_whole = |line: &str| line.starts_with("20") && !line.starts_with("2026-01-01T00:00:00Z");
    let says_it = |line: &str| line.contains("FORGED") || line.contains("\"level\"");
    no_line_is_forged(|line| is_whole(line) || !says_it(line));
}

#[on_each_store]
async fn a_log_in_json_has_no_line_of_a_clients() {
    if !has_own_process() {
        return;
    }
    trace_as_json();
    forge().await;
    no_line_is_forged(|line| {
        let line: Value = serde_json::from_str(line).unwrap_or_default();
        line["timestamp"].is_string() && line["timestamp"] != "2026-01-01T00:00:00Z"
    });
}
