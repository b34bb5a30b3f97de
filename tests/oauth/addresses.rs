//! F69, and promise 7: a browser is sent nowhere but to the provider and to pages of this app, and the address that the
//! provider sends it back to comes from the configuration.

use axum_users_tests::provider::query;
use axum_users_tests::{Answer, Backend, on_each_store};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::common::{ASSOCIATE, BASE_URL, COOKIE_PLACE, PASSWORD, PLACE, Scene, Trip, arthur};

/// Addresses that lead, or could lead, to another site.
const ELSEWHERE: [&str; 27] = [
    "https://evil.example",
    "http://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:/evil.example",
    "/%2fevil.example",
    "/%2F%2Fevil.example",
    "%2f%2fevil.example",
    "/%5cevil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/a/..//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "@evil.example",
    ".evil.example",
    "https://camelot.bt.evil.example",
    "https://camelot.bt/account",
];

#[on_each_store]
async fn pages_of_other_sites() {
    let scene = Scene::new().await;
    let lancelot = scene.registered("lancelot@camelot.bt").await;
    let cookie = scene.server.client().signed_in(Backend::DbCookie, "lancelot@camelot.bt", PASSWORD).await;
    drop(scene.provider.requests());
    for (client, place) in
        [(&scene.server.client(), COOKIE_PLACE), (&lancelot, ASSOCIATE), (&cookie, ASSOCIATE)]
    {
        for address in ELSEWHERE {
            for name in ["next", "on_error"] {
                let mut pairs = vec![("next", "/account"), ("on_error", "/login")];
                pairs.retain(|(other, _)| *other != name);
                pairs.push((name, address));
                let request = client.request(Method::GET, &format!("{place}/authorize")).query(&pairs);
                let answer = Answer::of(request).await;
                answer.is_invalid(&[(json!(["query", name]), "value_error")]);
                assert_eq!(answer.header("location"), "", "F69: {name}={address:?}");
            }
        }
    }
    let alone = scene.server.client().get(&format!("{COOKIE_PLACE}/authorize?on_error=/login")).await;
    alone.is_invalid(&[(json!(["query", "next"]), "missing")]);
    assert_eq!(scene.provider.requests(), Vec::<String>::new());
}

/// Sends exactly these bytes, and gives the authorization address of the answer.
async fn asked_by_hand(scene: &Scene, head: &str) -> String {
    let address = scene.server.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("the app answers");
    let request = format!("{head}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    let body: Value = serde_json::from_str(body.trim()).unwrap_or_else(|_| panic!("{head}: {answer}"));
    body["authorization_url"].as_str().expect("an address").to_owned()
}

#[on_each_store]
async fn where_the_provider_sends_the_browser_back_to() {
    let scene = Scene::new().await;
    let host = scene.server.url.trim_start_matches("http://").to_owned();
    for head in [
        format!("GET /auth/oidc/authorize HTTP/1.1\r\nHost: {host}"),
        "GET /auth/oidc/authorize HTTP/1.1\r\nHost: evil.example".to_owned(),
        format!("GET /auth/oidc/authorize HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Host: evil.example"),
        format!("GET /auth/oidc/authorize HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Prefix: /evil"),
        format!("GET /auth/oidc/authorize HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Proto: http"),
        format!("GET /auth/oidc/authorize HTTP/1.1\r\nHost: {host}\r\nForwarded: host=evil.example"),
        format!("GET /auth/oidc/authorize HTTP/1.1\r\nHost: {host}\r\nX-Original-URL: /evil/authorize"),
        format!("GET /auth/oidc/authorize?redirect_uri=https://evil.example HTTP/1.1\r\nHost: {host}"),
        format!("GET http://evil.example/auth/oidc/authorize HTTP/1.1\r\nHost: {host}"),
        "GET http://evil.example/auth/oidc/authorize HTTP/1.1\r\nHost: evil.example".to_owned(),
    ] {
        let url = asked_by_hand(&scene, &head).await;
        let asked = query(&url);
        assert_eq!(asked["redirect_uri"], format!("{BASE_URL}/auth/oidc/callback"), "{head}");
        assert!(!url.contains("evil"), "{head}: {url}");
    }
    // The token endpoint is told the same, whatever host the browser came back to.
    let trip = scene.start(&scene.server.client(), PLACE).await;
    let code = scene.provider.sign_in(&trip.url, &arthur());
    drop(scene.provider.forms());
    let evil = trip.client.with("host", "evil.example").with("x-forwarded-host", "evil.example");
    let answer = Trip { client: evil, ..trip }.back(&code).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(scene.provider.forms()[0]["redirect_uri"], format!("{BASE_URL}/auth/oidc/callback"));
}

/// What a request asks for beyond the client's own scopes is refused.
#[on_each_store]
async fn scopes_that_the_client_does_not_ask_for() {
    let scene = Scene::new().await;
    let client = scene.server.client();
    drop(scene.provider.requests());
    for scopes in
        ["scopes=admin:everything", "scopes=openid&scopes=admin", "scopes=openid%20admin", "scopes="]
    {
        let answer = client.get(&format!("{PLACE}/authorize?{scopes}")).await;
        answer.is_invalid(&[(json!(["query", "scopes"]), "value_error")]);
    }
    assert_eq!(scene.provider.requests(), Vec::<String>::new());
    for (scopes, asked) in
        [("scopes=email", "openid email"), ("scopes=openid", "openid"), ("", "openid email")]
    {
        let trip = scene.led(&client, PLACE, scopes).await;
        assert_eq!(query(&trip.url)["scope"], asked, "{scopes}");
    }
}
