//! Headers: whatever stands in them, who has no token is nobody.

use axum::body::Body;
use axum::http::{HeaderValue, Request, header};
use axum_users_tests::Options;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::app::App;
use crate::cases::{almost, check, text};

const AUTHORIZATION: [&str; 6] =
    ["Bearer a.b.c", "bearer x", "Basic YTpi", "Bearer", "Bearer \"x\"", "Digest username=\"x\""];
const COOKIE: [&str; 5] = [
    "__Host-axum-users=a.b.c; session=x",
    "session=\"x\"",
    "a=b; __Host-axum-users=; session",
    "__Host-axum-users=x; __Host-axum-users=y",
    "$Version=1; session=x; $Path=\"/\"",
];
const ORIGIN: [&str; 4] = ["https://camelot.bt", "null", "http://localhost:8000", "https://[::1]:1/x"];
const SITE: [&str; 4] = ["same-origin", "cross-site", "none", "same-site"];
const HOST: [&str; 4] = ["camelot.bt", "evil.bt:80", "[::1]", "a@b"];

/// Bytes that a header can hold, be they text or not.
fn value(right: &'static [&'static str]) -> impl Strategy<Value = Option<HeaderValue>> {
    let bytes = prop_oneof![
        4 => almost(right).prop_map(String::into_bytes),
        1 => text().prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..40),
    ];
    bytes.prop_map(|bytes| HeaderValue::from_bytes(&bytes).ok())
}

/// D44: no 500, no panic and no user.
#[test]
fn nobody_comes_in_by_a_header_that_says_nothing() {
    const ROUTES: [(&str, &str); 7] = [
        ("GET", "/authenticated"),
        ("POST", "/authenticated"),
        ("GET", "/claims"),
        ("GET", "/users/me"),
        ("DELETE", "/users/00000000-0000-4000-8000-000000000000"),
        ("POST", "/auth/jwt/logout"),
        ("POST", "/auth/db_cookie/logout"),
    ];
    let app = App::start(Options::default());
    let headers = (
        vec(value(&AUTHORIZATION), 0..3),
        vec(value(&COOKIE), 0..3),
        value(&ORIGIN),
        value(&SITE),
        value(&HOST),
    );
    let cases = (prop::sample::select(ROUTES.to_vec()), headers);
    check(1_000, &cases, |((method, path), (authorization, cookies, origin, site, host))| {
        let mut request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
        let headers = request.headers_mut();
        for value in authorization.into_iter().flatten() {
            headers.append(header::AUTHORIZATION, value);
        }
        for value in cookies.into_iter().flatten() {
            headers.append(header::COOKIE, value);
        }
        for (name, value) in [("origin", origin), ("sec-fetch-site", site), ("host", host)] {
            value.map(|value| headers.insert(name, value));
        }
        let shown = format!("{:?}", request.headers());
        let status = app.ask(request).status.as_u16();
        // A cookie of that name on another site's write is refused before it is read.
        assert!(status == 401 || status == 403 && method != "GET", "{method} {path}: {status}: {shown}");
    });
}
