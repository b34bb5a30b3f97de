//! Section D: sessions, cookies and other sites.

use axum_users::compat::Compat;
use axum_users::prelude::*;
use axum_users_tests::{Answer, Backend, Client, is_in, on_each_database, on_each_store, sessions, token_of};
use reqwest::Method;
use serde_json::{Value, json};

use crate::common::{ARTHUR, COMPAT_MODES, MERLIN, MORDRED, PASSWORD, by_hand, camelot};

fn cookies() -> impl Iterator<Item = Backend> {
    Backend::all().filter(|backend| backend.is_cookie())
}

/// The name of a client's cookie.
fn cookie_name(client: &Client) -> String {
    let cookie = client.headers["cookie"].to_str().expect("text");
    cookie.split_once('=').expect("a cookie").0.to_owned()
}

/// D38: a sign-in takes over no token that was there before it, good or not, and makes a new one each time.
#[on_each_store]
async fn a_planted_cookie_is_not_taken_over() {
    for compat in COMPAT_MODES {
        let server = camelot(compat, Policy::fastapi_users()).await;
        server.user(MORDRED, PASSWORD, |_| {}).await;
        for backend in cookies() {
            let mordred = server.client().signed_in(backend, MORDRED, PASSWORD).await;
            let name = cookie_name(&mordred);
            let ended = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
            assert_eq!(ended.post(&format!("{}/logout", backend.path())).await.status, 200);
            let before = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
            for planted in ["planted", &token_of(&mordred), &token_of(&ended), &token_of(&before)] {
                let victim = server.client().with("cookie", &format!("{name}={planted}"));
                let answer = victim.login(backend, ARTHUR, PASSWORD).await;
                let (_, new) = answer.cookie().expect("a cookie");
                assert_ne!(new, planted, "{compat:?}: {backend:?}");
                let victim = victim.holding(backend, &answer);
                assert_eq!(victim.get("/users/me").await.json["email"], ARTHUR, "{compat:?}: {backend:?}");
            }
            // What was planted is what it was: nobody's, the attacker's own, ended.
            let planted = server.client().with("cookie", &format!("{name}=planted"));
            assert!(!is_in(&planted).await && !is_in(&ended).await, "{compat:?}: {backend:?}");
            assert_eq!(mordred.get("/users/me").await.json["email"], MORDRED, "{compat:?}: {backend:?}");
        }
    }
}

/// D40: a cookie is as small as browsers keep (RFC 6265, 6.1), for the longest address, too.
#[on_each_store]
async fn a_cookie_fits_into_a_browser() {
    let longest = format!("{}@{}.{}.bt", "a".repeat(64), "b".repeat(63), "c".repeat(63));
    for compat in COMPAT_MODES {
        let server = camelot(compat, Policy::fastapi_users()).await;
        server.user(&longest, PASSWORD, |_| {}).await;
        for backend in cookies() {
            let answer = server.client().login(backend, &longest, PASSWORD).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert!(
                answer.header("set-cookie").len() <= 4096,
                "{backend:?}: {}",
                answer.header("set-cookie")
            );
            // A browser forgets after 400 days whatever it is told (RFC 6265bis, 5.5).
            assert!(answer.header("set-cookie").contains("Max-Age=3600"), "{backend:?}");
        }
    }
}

/// D41: a cookie of almost the name, which another host of the domain can set, is not read in place of ours.
#[on_each_store]
async fn a_cookie_of_another_name_is_not_ours() {
    let server = camelot(Compat::None, Policy::fastapi_users()).await;
    server.user(MORDRED, PASSWORD, |_| {}).await;
    let arthur = server.client().signed_in(Backend::Cookie, ARTHUR, PASSWORD).await;
    let (ours, theirs) = (token_of(&arthur), {
        token_of(&server.client().signed_in(Backend::Cookie, MORDRED, PASSWORD).await)
    });
    let name = "__Host-axum-users";
    for other in [
        "axum-users",
        "Host-axum-users",
        "__host-axum-users",
        "__HOST-AXUM-USERS",
        "__Secure-axum-users",
        "__Host-axum-users ",
        "__Host-axum-users\t",
        "=__Host-axum-users",
        "\"__Host-axum-users\"",
        "__Host-axum-users%20",
        "__Host-axum-users[]",
        "x; x__Host-axum-users",
    ] {
        let alone = server.client().with("cookie", &format!("{other}={theirs}"));
        assert!(!is_in(&alone).await, "{other:?} alone");
        for both in [format!("{other}={theirs}; {name}={ours}"), format!("{name}={ours}; {other}={theirs}")] {
            let answer = server.client().with("cookie", &both).get("/authenticated").await;
            answer.is(200, &json!({ "message": format!("Hello {ARTHUR}!") }));
        }
    }
}

/// D42: what another site sends is refused whatever it calls its body, and what is no JSON is refused from everywhere.
#[on_each_store]
async fn no_kind_of_body_comes_from_another_site() {
    let server = camelot(Compat::None, Policy::fastapi_users()).await;
    let body = json!({ "display_name": "Mordred", "email": MORDRED }).to_string();
    let kinds = [
        ("application/json", 200),
        ("application/json;charset=utf-8", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/octet-stream", 415),
        ("", 415),
    ];
    for backend in cookies() {
        let arthur = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
        for (kind, status) in kinds {
            for (headers, refused) in [
                (vec![("sec-fetch-site", "cross-site"), ("origin", "https://evil.bt")], true),
                (vec![("sec-fetch-site", "same-site"), ("origin", "https://evil.camelot.bt")], true),
                (vec![("origin", "https://evil.bt")], true),
                (vec![("origin", "null")], true),
                (vec![("sec-fetch-site", "same-origin"), ("origin", &*server.url)], false),
                (vec![("origin", &*server.url)], false),
                (vec![], false),
            ] {
                let mut client = arthur.clone();
                for (name, value) in &headers {
                    client = client.with(name, value);
                }
                let request = client.request(Method::PATCH, "/users/me").header("content-type", kind);
                // An own one changes nothing: the next one is to find the same.
                let body = if refused { body.clone() } else { json!({}).to_string() };
                let answer = Answer::of(request.body(body)).await;
                let expected = if refused { 403 } else { status };
                assert_eq!(answer.status, expected, "{backend:?}: {kind:?} {headers:?}: {}", answer.text);
            }
        }
        let me = arthur.get("/users/me").await.json;
        assert_eq!((&me["display_name"], &me["email"]), (&Value::Null, &json!(ARTHUR)), "{backend:?}");
    }
}

/// D42: a GET, which a link makes, stays one, whatever stands beside it; so does a POST, which a form makes.
#[on_each_store]
async fn no_header_makes_another_method_of_one() {
    let server = camelot(Compat::None, Policy::fastapi_users()).await;
    let id = server.user(MERLIN, PASSWORD, |merlin| merlin.is_superuser = Some(true)).await.id;
    let before = server.database.rows();
    for backend in Backend::all() {
        let merlin = server.client().signed_in(backend, MERLIN, PASSWORD).await;
        let own = format!("/users/{id}");
        let logout = format!("{}/logout", backend.path());
        for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
            for meant in ["PATCH", "DELETE", "POST"] {
                let client = merlin.with(name, meant);
                for path in ["/users/me", &own, &logout] {
                    for method in [Method::GET, Method::HEAD, Method::POST] {
                        if path == logout && method == Method::POST {
                            continue;
                        }
                        let query = [("_method", meant), ("method", meant), ("display_name", "Mordred")];
                        let request = client.request(method.clone(), path).query(&query);
                        let request = request.json(&json!({ "display_name": "Mordred", "_method": meant }));
                        let status = Answer::of(request).await.status.as_u16();
                        let reads = method != Method::POST && path != logout;
                        assert_eq!(status, if reads { 200 } else { 405 }, "{method} {path}: {name}: {meant}");
                    }
                }
            }
        }
        assert!(is_in(&merlin).await, "{backend:?}");
    }
    assert_eq!(server.database.rows(), before);
}

/// D43: a bearer token of one user and a cookie of another: the request is the first one's who is found, in the order of
/// the backends, and a write is not the cookie's by way of another site.
#[on_each_store]
async fn two_credentials_make_one_user() {
    for compat in COMPAT_MODES {
        let server = camelot(compat, Policy::fastapi_users()).await;
        server.user(MORDRED, PASSWORD, |_| {}).await;
        for (place, bearer) in Backend::all().enumerate().filter(|(_, one)| !one.is_cookie()) {
            for (other, cookie) in Backend::all().enumerate().filter(|(_, one)| one.is_cookie()) {
                let arthur = server.client().signed_in(bearer, ARTHUR, PASSWORD).await;
                let mordred = server.client().signed_in(cookie, MORDRED, PASSWORD).await;
                let mut both = arthur.clone();
                both.headers.extend(mordred.headers.clone());
                let what = format!("{compat:?}: {bearer:?} and {cookie:?}");
                let first = if place < other { ARTHUR } else { MORDRED };
                assert_eq!(both.get("/users/me").await.json["email"], first, "{what}");
                let change = json!({ "display_name": "written" });
                let own = both.patch("/users/me", change.clone()).await;
                assert_eq!((own.status.as_u16(), &own.json["email"]), (200, &json!(first)), "{what}");

                // From another site the cookie says nothing, first or not: only what a browser does not add by itself.
                let site = both.with("sec-fetch-site", "cross-site").with("origin", "https://evil.bt");
                let answer = site.patch("/users/me", change).await;
                assert_eq!((answer.status.as_u16(), &answer.json["email"]), (200, &json!(ARTHUR)), "{what}");
                site.post(&format!("{}/logout", cookie.path())).await.is(200, &Value::Null);
                assert!(is_in(&mordred).await, "{what}: another site signed the cookie's user out");
                assert!(!is_in(&arthur).await, "{what}: it signed the bearer's user out");
            }
        }
    }
}

/// D45: an error makes nobody of a user whose token is there, nor a user of anybody.
#[on_each_database]
async fn an_error_lets_nobody_through() {
    let server = camelot(Compat::None, Policy::fastapi_users()).await;
    let sessions = sessions(&server, ARTHUR, PASSWORD).await;
    server.database.execute(r#"ALTER TABLE "user" RENAME TO "lost""#);
    for (backend, session) in &sessions {
        for path in ["/authenticated", "/optional", "/verified", "/superuser", "/users/me"] {
            session.get(path).await.refuses(500, json!("Internal Server Error"));
        }
        let logout = session.post(&format!("{}/logout", backend.path())).await;
        logout.refuses(500, json!("Internal Server Error"));
        let login = server.client().login(*backend, ARTHUR, PASSWORD).await;
        assert_eq!((login.status.as_u16(), login.cookie()), (500, None), "{backend:?}: {}", login.text);
        assert!(!login.text.contains("access_token") && !login.text.contains("lost"), "{}", login.text);
    }
    // Who has no token is nobody without a look at storage.
    server.client().get("/optional").await.is(200, &json!({ "message": "Hello anonymous!" }));
    server.database.execute(r#"ALTER TABLE "lost" RENAME TO "user""#);
    for (backend, session) in &sessions {
        assert!(is_in(session).await, "{backend:?}");
    }
}

/// D46: rights that are taken away are gone with the next request, at every backend, and so are those of a user who is
/// verified no more.
#[on_each_store]
async fn a_right_that_is_taken_away_is_gone_at_once() {
    for compat in COMPAT_MODES {
        let server = camelot(compat, Policy::fastapi_users()).await;
        let user = server
            .user(MORDRED, PASSWORD, |mordred| {
                (mordred.is_superuser, mordred.is_verified) = (Some(true), Some(true));
            })
            .await;
        server.user(MERLIN, PASSWORD, |merlin| merlin.is_superuser = Some(true)).await;
        let merlin = server.client().signed_in(Backend::Db, MERLIN, PASSWORD).await;
        let sessions = sessions(&server, MORDRED, PASSWORD).await;
        let path = format!("/users/{}", user.id);
        for (change, door) in
            [(json!({ "is_superuser": false }), "/superuser"), (json!({ "is_verified": false }), "/verified")]
        {
            for (backend, session) in &sessions {
                assert_eq!(session.get(door).await.status, 200, "{compat:?}: {backend:?}: {door}");
            }
            assert_eq!(merlin.patch(&path, change).await.status, 200);
            for (backend, session) in &sessions {
                session.get(door).await.refuses(403, json!("Forbidden"));
                assert!(is_in(session).await, "{compat:?}: {backend:?} is still a user's");
            }
        }
        for (_, session) in &sessions {
            session.delete(&path).await.refuses(403, json!("Forbidden"));
        }
    }
}

/// D50: a token that stands in an address, where logs and other sites see it, is none.
#[on_each_store]
async fn no_token_stands_in_an_address() {
    let server = camelot(Compat::None, Policy::fastapi_users()).await;
    for (backend, session) in sessions(&server, ARTHUR, PASSWORD).await {
        let token = token_of(&session);
        for name in ["access_token", "token", "jwt", "session", "authorization", "__Host-axum-users", "auth"]
        {
            for value in [token.clone(), format!("Bearer {token}")] {
                let client = server.client();
                let get = client.request(Method::GET, "/authenticated").query(&[(name, &value)]);
                assert_eq!(Answer::of(get).await.status, 401, "{backend:?}: {name}");
                // Nor does one in a body (RFC 6750, 2.2).
                let post = client.request(Method::POST, "/authenticated").form(&[(name, &value)]);
                assert_eq!(Answer::of(post).await.status, 401, "{backend:?}: {name}");
            }
        }
        assert!(is_in(&session).await, "{backend:?}");
    }
}

/// D51: an address that is spelled in another way is no address: no guard that goes by its spelling is walked round.
#[on_each_store]
async fn another_spelling_of_a_path_is_nowhere() {
    let server = camelot(Compat::None, Policy::fastapi_users()).await;
    server.user(MERLIN, PASSWORD, |merlin| merlin.is_superuser = Some(true)).await;
    let merlin = server.client().signed_in(Backend::Db, MERLIN, PASSWORD).await;
    let token = token_of(&merlin);
    let credentials = json!({ "username": ARTHUR, "password": PASSWORD, "email": ARTHUR, "token": "x" });
    let before = server.database.rows();
    let host = server.url.trim_start_matches("http://");
    for (method, path) in [
        ("POST", "/auth/jwt/login"),
        ("POST", "/auth/register"),
        ("POST", "/auth/forgot-password"),
        ("GET", "/users/me"),
        ("PATCH", "/users/me"),
    ] {
        let (parent, last) = path.rsplit_once('/').expect("a path");
        for spelling in [
            format!("/{path}"),
            format!("{path}/"),
            format!("{path}//"),
            format!("{parent}//{last}"),
            format!("{parent}/./{last}"),
            format!("{parent}/x/../{last}"),
            format!("/.{path}"),
            format!("/x/..{path}"),
            format!("{parent}%2f{last}"),
            format!("{parent}%2F{last}"),
            format!("{parent}\\{last}"),
            format!("{parent}/%2e/{last}"),
            path.to_uppercase(),
            format!("{path};x=y"),
            format!("{path}.json"),
            format!("{path}%20"),
            format!("{path}%00"),
            format!("{path}%0a"),
        ] {
            let head =
                format!("{method} {spelling} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}");
            let answer = by_hand(&server, &head, &credentials).await;
            // What follows `/users/` may be an id, and is that of nobody.
            assert!(
                answer.starts_with("HTTP/1.1 404 ") || answer.starts_with("HTTP/1.1 405 "),
                "{spelling}: {answer}"
            );
        }
    }
    assert_eq!(server.database.rows(), before);
    assert_eq!(server.events().await.len(), 3, "two users are there, and one has signed in");
}
