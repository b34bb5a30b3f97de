//! Promise 9: a cookie is out of reach of scripts and of other sites, and nothing malformed is more than a 401.

use std::collections::BTreeSet;
use std::time::Duration;

use axum_users::app::StartError;
use axum_users::backend::BackendName;
use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users::transport::SameSite;
use axum_users_tests::{Answer, Backend, Options, Server, on_each_store};
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::json;

use crate::common::{ARTHUR, PASSWORD, camelot, compat, sessions, token_of};
use crate::cross_site::write;

const COOKIES: [Backend; 2] = [Backend::Cookie, Backend::DbCookie];

#[on_each_store]
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

#[on_each_store]
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

#[on_each_store]
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

#[on_each_store]
async fn attributes_of_a_cookie() {
    let set = |attributes: &[&str]| attributes.iter().map(|&a| a.to_owned()).collect::<BTreeSet<_>>();
    for (each, backend, name) in [
        (Compat::None, Backend::Cookie, "__Host-axum-users"),
        (Compat::None, Backend::DbCookie, "session"),
        (FastApiUsers, Backend::Cookie, "fastapiusersauth"),
        (FastApiUsers, Backend::DbCookie, "session"),
    ] {
        let server = camelot(compat(each)).await;
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

#[on_each_store]
async fn a_cookie_that_browsers_drop_does_not_start() {
    let host = Cookie::default().name("__Host-spare");
    for (what, cookie, starts) in [
        ("the defaults", Cookie::default().name("spare"), true),
        ("the prefix", host, true),
        ("the prefix, not secure", host.secure(false), false),
        ("the prefix, another path", host.path("/app"), false),
        ("the prefix, a domain", host.domain("camelot.bt"), false),
        ("not secure", Cookie::default().secure(false), true),
        ("SameSite=None", Cookie::default().same_site(SameSite::None), true),
        ("SameSite=None, not secure", Cookie::default().same_site(SameSite::None).secure(false), false),
        ("a name over two lines", Cookie::default().name("a\r\nb"), false),
        ("no time", Cookie::default().max_age(Duration::ZERO), false),
        ("an endless time", Cookie::default().max_age(Duration::MAX), false),
    ] {
        let spare = BackendName::new("spare");
        let setup = |setup: axum_users::app::Builder<_>| setup.backend(spare, cookie, Jwt::default());
        let result = Server::of(Options::default(), |_| {}, setup).await;
        match result {
            Ok(_) => assert!(starts, "{what}"),
            Err(error) => assert!(!starts && matches!(error, StartError::Setting(_)), "{what}: {error:?}"),
        }
    }
}

#[on_each_store]
async fn a_browser_keeps_a_cookie_as_long_as_its_token_unless_told_otherwise() {
    let lifetime = 90 * Duration::from_secs(60);
    for (cookie, max_age) in [
        (Cookie::default(), Some("Max-Age=5400")),
        (Cookie::session(), None),
        (Cookie::default().max_age(Duration::from_secs(7)), Some("Max-Age=7")),
    ] {
        let spare = BackendName::new("spare");
        let strategy = DatabaseSession::default().lifetime(lifetime);
        let cookie = cookie.name("spare");
        let server = Server::of(Options::default(), |_| {}, |setup| setup.backend(spare, cookie, strategy));
        let server = server.await.expect("the app starts");
        assert_eq!(server.client().register(ARTHUR, PASSWORD).await.status, 201);
        let form = format!("username={ARTHUR}&password={PASSWORD}");
        let content_type = "application/x-www-form-urlencoded";
        let login = server.client().post_raw("/auth/spare/login", content_type, form).await;
        let found = attributes(&login).into_iter().find(|attribute| attribute.starts_with("Max-Age"));
        assert_eq!(found.as_deref(), max_age);
    }
}
