//! Promise 9: a cookie is out of reach of scripts and of other sites, and nothing malformed is more than a 401.

use std::collections::BTreeSet;
use std::time::Duration;

use axum_users::app::StartError;
use axum_users::backend::BackendName;
use axum_users::prelude::*;
use axum_users::store::Layout;
use axum_users::transport::SameSite;
use axum_users_tests::{Answer, Backend, Client, Options, Server};
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::json;

use crate::common::{ARTHUR, LAYOUTS, MERLIN, PASSWORD, camelot, is_in, layout, sessions, token_of};

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

async fn write(client: &Client, method: &Method, path: &str) -> Answer {
    Answer::of(client.request(method.clone(), path).json(&json!({ "display_name": "written" }))).await
}

#[tokio::test(flavor = "multi_thread")]
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

#[tokio::test(flavor = "multi_thread")]
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

#[tokio::test(flavor = "multi_thread")]
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

#[tokio::test(flavor = "multi_thread")]
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

#[tokio::test(flavor = "multi_thread")]
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

#[tokio::test(flavor = "multi_thread")]
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

#[tokio::test(flavor = "multi_thread")]
async fn of_two_cookies_none_is_taken() {
    let server = camelot(Options::default()).await;
    for backend in COOKIES {
        let (one, two) = (
            server.client().signed_in(backend, ARTHUR, PASSWORD).await.headers["cookie"].clone(),
            server.client().signed_in(backend, ARTHUR, PASSWORD).await.headers["cookie"].clone(),
        );
        let (one, two) = (one.to_str().expect("text"), two.to_str().expect("text"));
        let name = one.split_once('=').expect("a pair").0;
        for (headers, status) in [
            (vec![one.to_owned()], 200),
            (vec![format!("a=b; {one}; c=d")], 200),
            (vec!["a=b".to_owned(), one.to_owned()], 200),
            (vec![format!("{one}; x{name}=planted; {name}x=planted")], 200),
            (vec![format!("a=é; {one}")], 200),
            (vec!["a=é".to_owned(), one.to_owned()], 200),
            (vec![format!("{one}; {two}")], 401),
            (vec![format!("{one}; {one}")], 401),
            (vec![format!("{name}=planted; {one}")], 401),
            (vec![format!("{one}; {name}=planted")], 401),
            (vec![format!("{one}; {name}=")], 401),
            (vec![one.to_owned(), two.to_owned()], 401),
            (vec![one.to_owned(), format!("a=b; {name}=planted")], 401),
            (vec![format!("{name}=é"), one.to_owned()], 401),
            (vec![format!("{name}=é; {one}")], 401),
            (vec![format!("{name}=é")], 401),
            (vec![format!("{name}=")], 401),
            (vec![name.to_owned()], 401),
            (vec![";;=;=".to_owned()], 401),
        ] {
            let mut client = server.client();
            for header in &headers {
                client
                    .headers
                    .append("cookie", HeaderValue::from_bytes(header.as_bytes()).expect("a header"));
            }
            for path in ["/authenticated", "/users/me"] {
                assert_eq!(client.get(path).await.status, status, "{backend:?}: {path}: {headers:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_malformed_is_no_more_than_a_401() {
    let server = camelot(Options::default()).await;
    for each in sessions(&server, ARTHUR, PASSWORD).await {
        let (backend, token) = (each.0, token_of(&each.1));
        let good = format!("Bearer {token}");
        let bytes = |text: &str| text.as_bytes().to_vec();
        for headers in [
            vec![bytes("%")],
            vec![bytes("%00%ff")],
            vec![bytes("")],
            vec![bytes("Bearer")],
            vec![bytes("Bearer ")],
            vec![bytes("Bearer  ")],
            vec![bytes("bearer\ttoken")],
            vec![bytes(&format!("Bearer\t{token}"))],
            vec![bytes(&format!("Bearer:{token}"))],
            vec![bytes(&format!("Bearer {token} {token}"))],
            vec![bytes(&format!("Bearer {token},{token}"))],
            vec![bytes(&format!("Bearer \"{token}\""))],
            vec![bytes(&format!("Bearer {token}\u{e9}"))],
            vec![bytes(&format!("Basic {token}"))],
            vec![bytes(&token)],
            vec![b"\xff\xfe".to_vec()],
            vec![b"Bearer \xff\xfe".to_vec()],
            vec![bytes(&good), bytes(&good)],
            vec![bytes(&good), bytes("Basic YTpi")],
            vec![bytes("Basic YTpi"), bytes(&good)],
            vec![bytes(&format!("Bearer {}", "x".repeat(100 * 1024)))],
        ] {
            let mut client = server.client();
            for header in &headers {
                client.headers.append("authorization", HeaderValue::from_bytes(header).expect("a header"));
            }
            let shown =
                headers.iter().map(|header| header[..header.len().min(99)].escape_ascii().to_string());
            let shown = shown.collect::<Vec<_>>();
            for (method, path) in [
                (Method::GET, "/authenticated"),
                (Method::GET, "/claims"),
                (Method::PATCH, "/users/me"),
                (Method::POST, "/auth/jwt/logout"),
                (Method::DELETE, "/users/excalibur"),
            ] {
                let answer = write(&client, &method, path).await;
                assert_eq!(answer.status, 401, "{backend:?}: {method} {path}: {shown:?}");
                assert_eq!(answer.header("www-authenticate"), "Bearer", "{shown:?}");
            }
            assert_eq!(client.get("/optional").await.json["message"], "Hello anonymous!", "{shown:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_of_a_megabyte_is_turned_away() {
    let server = camelot(Options::default()).await;
    for name in ["authorization", "cookie"] {
        let client = server.client().with(name, &format!("Bearer session={}", "x".repeat(1 << 20)));
        let answer = client.get("/authenticated").await;
        assert!([401, 431].contains(&answer.status.as_u16()), "{name}: {}", answer.status);
        assert_eq!(server.client().get("/optional").await.status, 200);
    }
}

/// The attributes of the cookie that an answer sets.
fn attributes(answer: &Answer) -> BTreeSet<String> {
    assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 1);
    answer.header("set-cookie").split("; ").skip(1).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_of_a_cookie() {
    let set = |attributes: &[&str]| attributes.iter().map(|&a| a.to_owned()).collect::<BTreeSet<_>>();
    for (each, backend, name) in [
        (Layout::Own, Backend::Cookie, "__Host-axum-users"),
        (Layout::Own, Backend::DbCookie, "session"),
        (FastApiUsers, Backend::Cookie, "fastapiusersauth"),
        (FastApiUsers, Backend::DbCookie, "session"),
    ] {
        let server = camelot(layout(each)).await;
        let login = server.client().login(backend, ARTHUR, PASSWORD).await;
        login.is(200, &json!(null));
        assert_eq!(login.header("cache-control"), "no-store");
        assert_eq!(login.cookie().expect("a cookie").0, name);
        assert_eq!(
            attributes(&login),
            set(&["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=3600"])
        );

        let arthur = server.client().holding(backend, &login);
        let logout = arthur.post(&format!("{}/logout", backend.path())).await;
        assert_eq!(logout.cookie(), Some((name, "")));
        assert_eq!(attributes(&logout), set(&["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=0"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_that_browsers_drop_does_not_start() {
    let host = Cookie { name: Some("__Host-spare"), ..Cookie::default() };
    for (what, cookie, starts) in [
        ("the defaults", Cookie { name: Some("spare"), ..Cookie::default() }, true),
        ("the prefix", host, true),
        ("the prefix, not secure", Cookie { secure: false, ..host }, false),
        ("the prefix, another path", Cookie { path: "/app", ..host }, false),
        ("the prefix, a domain", Cookie { domain: Some("camelot.bt"), ..host }, false),
        ("not secure", Cookie { secure: false, ..Cookie::default() }, true),
        ("SameSite=None", Cookie { same_site: SameSite::None, ..Cookie::default() }, true),
        (
            "SameSite=None, not secure",
            Cookie { same_site: SameSite::None, secure: false, ..Cookie::default() },
            false,
        ),
        ("a name over two lines", Cookie { name: Some("a\r\nb"), ..Cookie::default() }, false),
        ("no time", Cookie { max_age: Some(Duration::ZERO), ..Cookie::default() }, true),
    ] {
        let spare = BackendName::new("spare");
        let setup = |setup: axum_users::app::Setup<_>| setup.backend(spare, cookie, Jwt::default());
        let result = Server::of(Options::default(), |_| {}, setup).await;
        match result {
            Ok(_) => assert!(starts, "{what}"),
            Err(error) => assert!(!starts && matches!(error, StartError::Setting(_)), "{what}: {error:?}"),
        }
    }
}

/// What no site can make a browser send is good beside what one can.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_cookie_does_not_refuse_a_bearer() {
    let server = camelot(Options::default()).await;
    let cookie = server.client().signed_in(Backend::Cookie, ARTHUR, PASSWORD).await;
    let bearer = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let mut both = cookie.with("sec-fetch-site", "cross-site");
    is_cross_site(&both.post("/authenticated").await, "the cookie alone");
    both.headers.extend(bearer.headers.clone());
    assert_eq!(both.post("/authenticated").await.status, 200);
}
