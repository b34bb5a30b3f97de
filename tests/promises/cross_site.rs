//! Promise 9: a write that another site made a browser send is refused.

use axum_users::backend::BackendName;
use axum_users::prelude::*;
use axum_users::store::Layout;
use axum_users_tests::{Answer, Backend, Client, Options, Server, on_each_store};
use reqwest::Method;
use serde_json::json;

use crate::common::{ARTHUR, LAYOUTS, MERLIN, PASSWORD, camelot, is_in, layout};

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

async fn superusers(each: Layout) -> Server {
    let server = camelot(layout(each)).await;
    server.user(MERLIN, PASSWORD, |merlin| merlin.is_superuser = Some(true)).await;
    server
}

pub(crate) async fn write(client: &Client, method: &Method, path: &str) -> Answer {
    Answer::of(client.request(method.clone(), path).json(&json!({ "display_name": "written" }))).await
}

#[on_each_store]
async fn a_write_of_another_site_is_refused() {
    for each in LAYOUTS {
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
    for backend in COOKIES {
        for (browser, client, passes) in browsers(&server, &server.client()) {
            let login = client.login(backend, ARTHUR, PASSWORD).await;
            assert_eq!(login.status == 200, passes, "{backend:?}: {browser}");
            if !passes {
                is_cross_site(&login, &browser);
                assert!(login.cookie().is_none(), "{backend:?}: {browser}");
            }
        }
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

#[on_each_store]
async fn a_bearer_token_comes_from_no_browser() {
    let server = superusers(Layout::Own).await;
    for backend in [Backend::Jwt, Backend::Db] {
        let merlin = server.client().signed_in(backend, MERLIN, PASSWORD).await;
        for (browser, client, _) in browsers(&server, &merlin) {
            for (method, path, status) in &WRITES {
                let answer = write(&client, method, path).await;
                assert_eq!(answer.status, *status, "{backend:?}: {method} {path}: {browser}");
            }
        }
        for (browser, client, _) in browsers(&server, &server.client()) {
            assert_eq!(client.login(backend, ARTHUR, PASSWORD).await.status, 200, "{backend:?}: {browser}");
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

#[on_each_store]
async fn trusted_origins_may_write() {
    const TRUSTING: BackendName = BackendName::new("trusting");
    let cookie = Cookie {
        name: Some("trusting"),
        trusted_origins: &["https://app.camelot.bt", "https://camelot.bt:8443"],
        ..Cookie::default()
    };
    let server =
        Server::of(Options::default(), |_| {}, |setup| setup.backend(TRUSTING, cookie, Database::default()));
    let server = server.await.expect("the app starts");
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    let form = [("username", ARTHUR), ("password", PASSWORD)];
    let login = |client: Client| async move {
        Answer::of(client.request(Method::POST, "/auth/trusting/login").form(&form)).await
    };
    let answer = login(server.client()).await;
    let (name, value) = answer.cookie().expect("a cookie");
    let arthur = server.client().with("cookie", &format!("{name}={value}"));
    for (origin, is_trusted) in [
        ("https://app.camelot.bt", true),
        ("https://camelot.bt:8443", true),
        (&*server.url, false),
        ("http://app.camelot.bt", false),
        ("https://app.camelot.bt:8443", false),
        ("https://app.camelot.bt.evil.bt", false),
        ("https://evil.app.camelot.bt", false),
        ("https://camelot.bt", false),
        ("https://app.camelot.bt/", false),
        ("https://app.camelot.bt, https://evil.bt", false),
        ("null", false),
        ("*", false),
    ] {
        let cross_site = |client: &Client| client.with("origin", origin).with("sec-fetch-site", "cross-site");
        let status = if is_trusted { 200 } else { 403 };
        assert_eq!(cross_site(&arthur).patch("/users/me", json!({})).await.status, status, "{origin}");
        assert_eq!(login(cross_site(&server.client())).await.status, status, "{origin}");
    }
    // Another backend's cookie is not covered.
    let arthur = server.client().signed_in(Backend::Cookie, ARTHUR, PASSWORD).await;
    let client = arthur.with("origin", "https://app.camelot.bt").with("sec-fetch-site", "cross-site");
    is_cross_site(&client.patch("/users/me", json!({})).await, "another backend");
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
