//! Which sites are the app's own: what `Origin` and `Referer` name, and the origins that an app trusts.

use axum_users::prelude::*;
use axum_users_tests::{Backend, Client, Options, SECRET, Server, on_each_store};
use serde_json::json;

use crate::common::{ARTHUR, PASSWORD, camelot};

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
