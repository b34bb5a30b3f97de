//! Heads that are too long, and bodies that do not come. Those that are too long are refused in `tests/contract`.

use std::time::Duration;

use axum_users_tests::{Backend, Client, Database, Options, Server, Store};
use reqwest::Method;
use serde_json::json;

use crate::raw::Raw;

const ARTHUR: &str = "arthur@camelot.bt";
const PASSWORD: &str = "guinevere";

/// The routes that read a body.
const READ: [(Method, &str); 8] = [
    (Method::POST, "/auth/register"),
    (Method::POST, "/auth/jwt/login"),
    (Method::POST, "/auth/db_cookie/login"),
    (Method::POST, "/auth/forgot-password"),
    (Method::POST, "/auth/reset-password"),
    (Method::POST, "/auth/request-verify-token"),
    (Method::POST, "/auth/verify"),
    (Method::PATCH, "/users/me"),
];

/// An app with a superuser, signed in.
async fn camelot() -> (Server, Client) {
    let server = Server::start().await;
    server.user(ARTHUR, PASSWORD, |arthur| arthur.is_superuser = Some(true)).await;
    let arthur = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    (server, arthur)
}

/// The head comes with a length or without, and then the body comes no further.
fn stalled(path: &str, method: &Method, arthur: &Client, body: &str) -> String {
    let token = arthur.headers["authorization"].to_str().expect("text");
    format!("{method} {path} HTTP/1.1\r\nhost: camelot.bt\r\nauthorization: {token}\r\n{body}")
}

/// The time stands still but where everybody waits: then it goes on to whatever is waited for first.
#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let database = Database::create(Store::Memory).await;
    let server = Server::on(database, Options::default(), |_| {}, |setup| setup).await.expect("it starts");
    server.user(ARTHUR, PASSWORD, |arthur| arthur.is_superuser = Some(true)).await;
    let arthur = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    tokio::time::pause();
    for (method, path) in READ {
        for body in [
            "content-type: application/json\r\ncontent-length: 100\r\n\r\n{",
            "content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n",
        ] {
            let mut raw = Raw::to(&server).await;
            raw.write(stalled(path, &method, &arthur, body).as_bytes()).await.expect("it is read");
            let start = tokio::time::Instant::now();
            let answer = raw.rest().await;
            assert!(answer.starts_with("HTTP/1.1 408 "), "{path}: {answer}");
            assert!(
                answer.contains("connection: close") && answer.ends_with(r#"{"detail":"Request Timeout"}"#)
            );
            assert_eq!(start.elapsed().as_secs(), 30, "{path}");
        }
        // One that comes drop by drop is as late.
        let mut raw = Raw::to(&server).await;
        let body = "content-type: application/json\r\ncontent-length: 1000\r\n\r\n";
        raw.write(stalled(path, &method, &arthur, body).as_bytes()).await.expect("it is read");
        for _ in 0..31 {
            if raw.write(b" ").await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert!(raw.rest().await.starts_with("HTTP/1.1 408 "), "{path}");
    }
    assert_eq!(arthur.get("/users/me").await.status, 200);
}

/// A body that nobody reads holds nothing up.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_not_asked_for_is_not_waited_for() {
    let (server, arthur) = camelot().await;
    let session = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
    for (client, method, path, status) in [
        (&arthur, Method::GET, "/users/me", "200"),
        (&arthur, Method::GET, "/optional", "200"),
        (&arthur, Method::DELETE, "/users/me", "404"),
        (&session, Method::POST, "/auth/jwt/logout", "200"),
        (&session, Method::POST, "/auth/jwt/logout", "401"),
        (&session, Method::PATCH, "/users/me", "401"),
        (&arthur, Method::POST, "/nowhere", "404"),
    ] {
        for body in ["content-length: 1000000000\r\n\r\nx", "transfer-encoding: chunked\r\n\r\n1\r\nx\r\n"] {
            let mut raw = Raw::to(&server).await;
            let (client, status) = match (path, status) {
                // Signed out by the first.
                ("/auth/jwt/logout", "200") if body.starts_with("transfer") => (client, "401"),
                _ => (client, status),
            };
            raw.write(stalled(path, &method, client, body).as_bytes()).await.expect("it is read");
            let head = raw.head().await;
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {head}");
        }
    }
}

/// hyper's limits: 100 headers, and some 400 KiB of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_head_without_an_end_is_refused() {
    let (server, arthur) = camelot().await;
    let many = (0..101).map(|n| format!("x-{n}: x\r\n")).collect::<String>();
    let long = format!("x-long: {}\r\n", "x".repeat(1024 * 1024));
    let token = format!("authorization: Bearer {}\r\n", "x".repeat(1024 * 1024));
    for (what, headers) in [("many", many), ("long", long), ("a token", token)] {
        let mut raw = Raw::to(&server).await;
        // It is closed before all of it is written.
        drop(raw.write(format!("GET /users/me HTTP/1.1\r\nhost: x\r\n{headers}\r\n").as_bytes()).await);
        let answer = raw.rest().await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{what}: {answer}");
    }
    // What is within the limits, and of no use, is refused for that.
    for token in ["x".repeat(100_000), format!("{0}.{0}.{0}", "e".repeat(50_000))] {
        let client = server.client().with("authorization", &format!("Bearer {token}"));
        client.get("/users/me").await.refuses(401, json!("Unauthorized"));
        let client = server.client().with("cookie", &format!("session={token}"));
        client.get("/users/me").await.refuses(401, json!("Unauthorized"));
    }
    assert_eq!(arthur.get("/users/me").await.status, 200);
}
