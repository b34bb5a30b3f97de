//! Promise 9: a write that another site made a browser send is refused.

use axum_users::backend::BackendName;
use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users::token::{Algorithm, JwtKeys};
use axum_users_tests::{Answer, Backend, Client, Options, SECRET, Server, on_each_store};
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

/// A page of another site that sends wrong passwords from its visitor's browser locks nobody out.
#[on_each_store]
async fn a_login_of_another_site_counts_nowhere() {
    for policy in [Policy::compatible(), Policy::strict()] {
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

/// `Origin` names scheme, host and port: the scheme of the app is what `base_url` or a trusted proxy says, and where
/// neither does, it is not compared.
#[on_each_store]
async fn an_origin_is_compared_as_a_whole() {
    let plain = camelot(Options::default()).await;
    let behind_proxy = Server::of(
        Options::default(),
        |_| {},
        |setup| setup.trusted_proxies("127.0.0.1".parse().expect("proxies")),
    );
    let with_base_url = Server::of(
        Options::default(),
        |_| {},
        |setup| setup.oauth(OAuthConfig::new("https://camelot.bt/app/", SECRET)),
    );
    let (behind_proxy, with_base_url) =
        (behind_proxy.await.expect("the app starts"), with_base_url.await.expect("the app starts"));
    for server in [&behind_proxy, &with_base_url] {
        server.user(ARTHUR, PASSWORD, |_| {}).await;
    }
    let own = with_base_url.url.clone();
    for (server, host, proto, origin, passes) in [
        (&plain, "camelot.bt", None, "https://camelot.bt", true),
        (&plain, "camelot.bt", None, "http://camelot.bt", true),
        (&plain, "camelot.bt", None, "https://camelot.bt:443", true),
        (&plain, "camelot.bt:443", None, "https://camelot.bt", true),
        (&plain, "camelot.bt", None, "http://camelot.bt:80", true),
        (&plain, "Camelot.BT", None, "https://camelot.bt", true),
        (&plain, "camelot.bt:8443", None, "https://camelot.bt:8443", true),
        (&plain, "[::1]:8000", None, "http://[::1]:8000", true),
        (&plain, "camelot.bt", None, "https://camelot.bt:80", false),
        (&plain, "camelot.bt", None, "https://camelot.bt:8443", false),
        (&plain, "camelot.bt:443", None, "http://camelot.bt", false),
        (&plain, "camelot.bt", None, "ftp://camelot.bt", false),
        (&plain, "camelot.bt", None, "camelot.bt", false),
        (&plain, "camelot.bt", None, "https://camelot.bt/", false),
        (&plain, "camelot.bt", None, "https://evil@camelot.bt", false),
        // The header counts only from a trusted proxy.
        (&plain, "camelot.bt", Some("https"), "http://camelot.bt", true),
        (&behind_proxy, "camelot.bt", Some("https"), "https://camelot.bt", true),
        (&behind_proxy, "camelot.bt", Some("https"), "https://camelot.bt:443", true),
        (&behind_proxy, "camelot.bt", Some("https, http"), "https://camelot.bt", true),
        (&behind_proxy, "camelot.bt", Some("https"), "http://camelot.bt", false),
        (&behind_proxy, "camelot.bt", Some("http"), "https://camelot.bt", false),
        (&behind_proxy, "camelot.bt", Some("http"), "http://camelot.bt", true),
        (&behind_proxy, "camelot.bt", None, "https://camelot.bt", true),
        // A proxy may write its own name into `Host`.
        (&with_base_url, "backend:8000", None, "https://camelot.bt", true),
        (&with_base_url, "camelot.bt", None, "https://camelot.bt", true),
        (&with_base_url, "camelot.bt", None, "http://camelot.bt", false),
        (&with_base_url, "camelot.bt", None, "https://app.camelot.bt", false),
        (&with_base_url, "backend:8000", None, "http://backend:8000", true),
        (&with_base_url, own.trim_start_matches("http://"), None, &*own, true),
    ] {
        let client = server.client().with("host", host).with("origin", origin);
        let client = match proto {
            Some(proto) => client.with("x-forwarded-proto", proto),
            None => client,
        };
        let login = client.login(Backend::Cookie, ARTHUR, PASSWORD).await;
        let status = if passes { 200 } else { 403 };
        assert_eq!(login.status, status, "{host}, {proto:?}, {origin}: {}", login.text);
    }
}

/// Old browsers send neither `Sec-Fetch-Site` nor `Origin`: there the page that a request comes from counts.
#[on_each_store]
async fn a_foreign_referer_counts_where_nothing_else_tells() {
    let server = camelot(Options::default()).await;
    let own = format!("{}/account?tab=1", server.url);
    for backend in Backend::all() {
        let arthur = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
        for (referer, passes) in [
            ("https://evil.bt/page", false),
            ("https://evil.bt", false),
            ("https://evil.bt?https://camelot.bt", false),
            (&*own.replace("127.0.0.1", "127.0.0.2"), false),
            (&*own.replace("http://", "http://evil@"), false),
            (&*own, true),
            (&*server.url, true),
            ("about:blank", true),
            ("/account", true),
        ] {
            let client = arthur.with("referer", referer);
            let writes = client.patch("/users/me", json!({})).await;
            let login = server.client().with("referer", referer).login(backend, ARTHUR, PASSWORD).await;
            assert_eq!(login.status == 200, passes, "{backend:?}: {referer}: {}", login.text);
            assert_eq!(writes.status == 200, passes || !backend.is_cookie(), "{backend:?}: {referer}");
            // What newer browsers send decides.
            let newer = client.with("sec-fetch-site", "same-origin");
            assert_eq!(newer.patch("/users/me", json!({})).await.status, 200, "{referer}");
            let newer = client.with("origin", &server.url);
            assert_eq!(newer.patch("/users/me", json!({})).await.status, 200, "{referer}");
            assert_eq!(client.get("/users/me").await.status, 200, "{referer}");
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

/// Extractors that read claims go on to the next backend, as the others do.
#[on_each_store]
async fn claims_of_a_later_backend_are_found_behind_a_rejected_cookie() {
    const LATE: BackendName = BackendName::new("late");
    let keys = JwtKeys::hmac(Algorithm::HS256, &"x".repeat(32).into()).expect("keys");
    let late = Jwt { keys: Some(keys), ..Jwt::default() };
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

#[on_each_store]
async fn trusted_origins_may_write() {
    let origins =
        ["https://app.camelot.bt", "https://camelot.bt:8443", "capacitor://localhost"].map(String::from);
    let server = Server::of(Options::default(), |_| {}, |setup| setup.trusted_origins(origins));
    let server = server.await.expect("the app starts");
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    for backend in Backend::all() {
        let arthur = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
        for (origin, is_trusted) in [
            ("https://app.camelot.bt", true),
            ("https://app.camelot.bt:443", true),
            ("https://camelot.bt:8443", true),
            ("capacitor://localhost", true),
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
            let cross_site =
                |client: &Client| client.with("origin", origin).with("sec-fetch-site", "cross-site");
            let login = cross_site(&server.client()).login(backend, ARTHUR, PASSWORD).await;
            assert_eq!(login.status, if is_trusted { 200 } else { 403 }, "{backend:?}: {origin}");
            let write = cross_site(&arthur).patch("/users/me", json!({})).await;
            let may_write = is_trusted || !backend.is_cookie();
            assert_eq!(write.status, if may_write { 200 } else { 403 }, "{backend:?}: {origin}");
            let socket = cross_site(&arthur).with("upgrade", "websocket").get("/users/me").await;
            assert_eq!(socket.status, if may_write { 200 } else { 403 }, "{backend:?}: {origin}");
        }
        let old = server.client().with("referer", "https://app.camelot.bt/sign-in");
        assert_eq!(old.login(backend, ARTHUR, PASSWORD).await.status, 200);
    }
}

#[on_each_store]
async fn an_app_does_not_start_with_a_trusted_origin_that_is_none() {
    for text in [
        "",
        "null",
        "*",
        "camelot.bt",
        "https://camelot.bt/",
        "https://*.camelot.bt",
        "https://camelot.bt:port",
        "https://arthur@camelot.bt",
    ] {
        let origins = ["https://app.camelot.bt", text];
        let started = Server::of(Options::default(), |_| {}, |setup| setup.trusted_origins(origins)).await;
        let error = started.map(drop).expect_err(text).to_string();
        let expected = format!("`{text}` in `trusted_origins` is not an origin");
        assert!(error.starts_with(&expected), "{error}");
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
