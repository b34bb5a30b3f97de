//! Promise 9: a write that another site made a browser send is refused.

mod bearers;
mod origins;

use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users_tests::{Answer, Backend, Client, Options, Server, on_each_store};
use reqwest::Method;
use serde_json::json;

use crate::common::{ARTHUR, COMPAT_MODES, MERLIN, PASSWORD, camelot, compat, is_in};

const COOKIES: [Backend; 2] = [Backend::Cookie, Backend::DbCookie];

/// Where a request says that it comes from.
#[derive(Clone, Copy, Debug)]
enum Origin {
    Absent,
    Own,
    Other,
    Null,
}

impl Origin {
    const ALL: [Self; 4] = [Self::Absent, Self::Own, Self::Other, Self::Null];
}

/// `Sec-Fetch-Site`, and whether a write passes with each `Origin`.
const SITES: [(Option<&str>, [bool; 4]); 6] = [
    (None, [true, true, false, false]),
    (Some("same-origin"), [true, true, true, true]),
    (Some("none"), [true, true, true, true]),
    (Some("same-site"), [false, false, false, false]),
    (Some("cross-site"), [false, false, false, false]),
    (Some("excalibur"), [false, false, false, false]),
];

/// `client` as each site makes a browser send it, and whether it may write.
fn browsers(server: &Server, client: &Client) -> Vec<(String, Client, bool)> {
    let mut browsers = Vec::new();
    for (site, row) in SITES {
        for (origin, passes) in Origin::ALL.into_iter().zip(row) {
            let client = site.map_or_else(|| client.clone(), |site| client.with("sec-fetch-site", site));
            let client = match origin {
                Origin::Absent => client,
                Origin::Own => client.with("origin", &server.url),
                Origin::Other => client.with("origin", "https://evil.bt"),
                Origin::Null => client.with("origin", "null"),
            };
            browsers.push((format!("Sec-Fetch-Site {site:?}, Origin {origin:?}"), client, passes));
        }
    }
    browsers
}

#[track_caller]
fn is_cross_site(answer: &Answer, what: &str) {
    let found = (answer.status.as_u16(), answer.detail());
    assert_eq!(found, (403, &json!("CROSS_SITE_REQUEST")), "{what}");
}

/// A superuser's write, and the status of one that passes.
const WRITES: [(Method, &str, u16); 5] = [
    (Method::PATCH, "/users/me", 200),
    (Method::POST, "/authenticated", 200),
    (Method::PATCH, "/users/00000000-0000-0000-0000-000000000000", 404),
    (Method::DELETE, "/users/00000000-0000-0000-0000-000000000000", 404),
    (Method::DELETE, "/users/excalibur", 404),
];

async fn superusers(each: Compat) -> Server {
    let server = camelot(compat(each)).await;
    server.user(MERLIN, PASSWORD, |merlin| merlin.is_superuser = Some(true)).await;
    server
}

pub(crate) async fn write(client: &Client, method: &Method, path: &str) -> Answer {
    Answer::of(client.request(method.clone(), path).json(&json!({ "display_name": "written" }))).await
}

#[on_each_store]
async fn a_write_of_another_site_is_refused() {
    for each in COMPAT_MODES {
        let server = superusers(each).await;
        for backend in COOKIES {
            let merlin = server.client().signed_in(backend, MERLIN, PASSWORD).await;
            for (browser, client, passes) in browsers(&server, &merlin) {
                for (method, path, status) in &WRITES {
                    let what = format!("{each:?}, {backend:?}: {method} {path}: {browser}");
                    assert_eq!(
                        merlin.patch("/users/me", json!({ "display_name": "kept" })).await.status,
                        200
                    );
                    let answer = write(&client, method, path).await;
                    if passes {
                        assert_eq!(answer.status, *status, "{what}");
                    } else {
                        is_cross_site(&answer, &what);
                        let name = &merlin.get("/users/me").await.json["display_name"];
                        assert_eq!(name, "kept", "{what}");
                    }
                }
            }
        }
    }
}

#[on_each_store]
async fn another_site_signs_nobody_in_or_out() {
    let server = camelot(Options::default()).await;
    for backend in Backend::all() {
        for (browser, client, passes) in browsers(&server, &server.client()) {
            let login = client.login(backend, ARTHUR, PASSWORD).await;
            assert_eq!(login.status == 200, passes, "{backend:?}: {browser}");
            if !passes {
                is_cross_site(&login, &browser);
                assert!(login.cookie().is_none(), "{backend:?}: {browser}");
            }
        }
    }
    for backend in COOKIES {
        let mut arthur = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
        for (browser, client, passes) in browsers(&server, &arthur) {
            let mut client = client;
            client.headers.insert("cookie", arthur.headers["cookie"].clone());
            let logout = client.post(&format!("{}/logout", backend.path())).await;
            assert_eq!(is_in(&arthur).await, !passes, "{backend:?}: {browser}");
            if passes {
                logout.is(200, &json!(null));
                arthur = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
            } else {
                is_cross_site(&logout, &browser);
            }
        }
    }
}

#[on_each_store]
async fn a_read_is_never_refused() {
    let server = camelot(Options::default()).await;
    for backend in COOKIES {
        let arthur = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
        for (browser, client, _) in browsers(&server, &arthur) {
            for method in [Method::GET, Method::HEAD] {
                for path in ["/users/me", "/authenticated", "/optional"] {
                    let answer = Answer::of(client.request(method.clone(), path)).await;
                    assert_eq!(answer.status, 200, "{backend:?}: {method} {path}: {browser}");
                }
            }
        }
    }
}

/// A page of another site that sends wrong passwords from its visitor's browser locks nobody out.
#[on_each_store]
async fn a_login_of_another_site_counts_nowhere() {
    for policy in [Policy::fastapi_users(), Policy::strict()] {
        for compat in COMPAT_MODES {
            let limits = Some(Limits::default());
            let options = Options { compat, policy: policy.clone(), limits, ..Options::default() };
            let server = Server::with(options).await;
            server.user(ARTHUR, PASSWORD, |arthur| arthur.is_verified = Some(true)).await;
            for backend in Backend::all() {
                for (name, value) in [
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-site", "same-site"),
                    ("origin", "https://evil.bt"),
                    ("origin", "null"),
                    ("referer", "https://evil.bt/page"),
                ] {
                    for _ in 0..3 {
                        let login = server.client().with(name, value).login(backend, ARTHUR, "morgana").await;
                        is_cross_site(&login, &format!("{compat:?}, {backend:?}, {name}: {value}"));
                    }
                }
            }
            assert_eq!(server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
        }
    }
}

/// D42: `SameSite=Lax` cookies go along when a page of a sibling subdomain opens a socket, which then acts as its user.
#[on_each_store]
async fn a_websocket_handshake_is_a_write() {
    const PATHS: [&str; 2] = ["/users/me", "/authenticated"];
    let server = camelot(Options::default()).await;
    for backend in Backend::all() {
        let arthur = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
        let arthur = arthur.with("connection", "upgrade");
        for (name, value) in [
            ("upgrade", "websocket"),
            ("upgrade", "WebSocket"),
            ("upgrade", "h2c, websocket"),
            ("sec-fetch-mode", "websocket"),
        ] {
            let handshake = arthur.with(name, value);
            for (browser, client, passes) in browsers(&server, &handshake) {
                for path in PATHS {
                    let answer = client.get(path).await;
                    let what = format!("{backend:?}: {name}: {value}: {path}: {browser}");
                    if passes || !backend.is_cookie() {
                        assert_eq!(answer.status, 200, "{what}");
                    } else {
                        is_cross_site(&answer, &what);
                    }
                }
                if !passes && backend.is_cookie() {
                    // A handler that takes anonymous visitors, too, does not take the socket for one of theirs.
                    is_cross_site(&client.get("/optional").await, &browser);
                }
            }
        }
        for (name, value) in [("upgrade", "h2c"), ("upgrade", "websockets"), ("sec-fetch-mode", "cors")] {
            let read = arthur.with(name, value).with("sec-fetch-site", "cross-site");
            assert_eq!(read.get("/users/me").await.status, 200, "{backend:?}: {name}: {value}");
        }
    }
}
