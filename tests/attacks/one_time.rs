//! Section C: one-time tokens. Each is good for what it was made for, where it was sent, until its ground is gone.

use axum::{Extension, Router};
use axum_users::compat::Compat;
use axum_users::prelude::*;
use axum_users_tests::{
    Answer, Backend, Client, Serving, change_token, is_in, on_each_store, reset_token, token_of, verify_token,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::json;

use crate::common::{ARTHUR, COMPAT_MODES, PASSWORD, by_hand, camelot};

/// C28: of several tokens that were mailed, the one that is used ends the others; so does a change of the password.
#[on_each_store]
async fn a_reset_ends_every_other_reset() {
    for compat in COMPAT_MODES {
        let server = camelot(compat, Policy::fastapi_users()).await;
        let reset = |token: String, password: &'static str| {
            let (client, body) = (server.client(), json!({ "token": token, "password": password }));
            async move { client.post_json("/auth/reset-password", body).await }
        };
        let mut tokens = Vec::new();
        for _ in 0..3 {
            tokens.push(reset_token(&server, ARTHUR).await);
        }
        // Signing in is no ground to end them: whoever remembers the password after all has lost nothing.
        let session = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        assert_eq!(reset(tokens[1].clone(), "lancelot").await.status, 200);
        for token in &tokens {
            reset(token.clone(), "mordred").await.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
        }
        assert!(!is_in(&session).await);

        let token = reset_token(&server, ARTHUR).await;
        let session = server.client().signed_in(Backend::Db, ARTHUR, "lancelot").await;
        assert_eq!(session.patch("/users/me", json!({ "password": PASSWORD })).await.status, 200);
        reset(token, "mordred").await.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
        assert_eq!(server.client().login(Backend::Db, ARTHUR, PASSWORD).await.status, 200);
    }
}

/// C30: no word of a request says where a mailed link leads: what is mailed is a token, and nothing of the request is in
/// it or in the answer.
#[on_each_store]
async fn no_host_comes_into_a_mail() {
    for compat in COMPAT_MODES {
        let server = camelot(compat, Policy::fastapi_users()).await;
        let host = server.url.trim_start_matches("http://").to_owned();
        for path in ["/auth/forgot-password", "/auth/request-verify-token"] {
            let ours = format!("POST {path} HTTP/1.1\r\nHost: {host}");
            for head in [
                format!("POST {path} HTTP/1.1\r\nHost: evil.example"),
                format!("POST {path} HTTP/1.1\r\nHost: evil.example@{host}"),
                format!("POST http://evil.example{path} HTTP/1.1\r\nHost: {host}"),
                format!("POST {path}?next=https://evil.example HTTP/1.1\r\nHost: {host}"),
                format!("{ours}\r\nX-Forwarded-Host: evil.example"),
                format!("{ours}\r\nX-Forwarded-Server: evil.example\r\nX-Forwarded-Prefix: //evil.example"),
                format!("{ours}\r\nForwarded: host=evil.example;proto=http"),
                format!("{ours}\r\nX-Original-Host: evil.example\r\nX-Host: evil.example"),
                format!("{ours}\r\nOrigin: https://evil.example\r\nReferer: https://evil.example/"),
            ] {
                let answer =
                    by_hand(&server, &head, &json!({ "email": ARTHUR, "host": "evil.example" })).await;
                assert!(answer.starts_with("HTTP/1.1 202 ") && !answer.contains("evil"), "{head}: {answer}");
                let mails = server.mails().await;
                let [mail] = &mails[..] else { panic!("{head}: {mails:?}") };
                assert_eq!(mail.to, ARTHUR, "{head}");
                let claims = mail.token.split('.').nth(1).expect("claims");
                let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64");
                assert!(!String::from_utf8_lossy(&claims).contains("evil"), "{head}: {mail:?}");
            }
        }
    }
}

/// C31: of two changes that were asked for at once, each token leads to the address that it was mailed to.
#[on_each_store]
async fn a_token_moves_a_user_to_where_it_was_mailed() {
    for compat in COMPAT_MODES {
        for first in [0, 1] {
            let server = camelot(compat, Policy::strict()).await;
            let session = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
            let addresses = ["king@camelot.bt", "mordred@evil.bt"];
            let mut tokens = Vec::new();
            for address in addresses {
                tokens.push(change_token(&server, &session, PASSWORD, address).await);
            }
            let confirm = |token: &str| {
                let (client, body) = (server.client(), json!({ "token": token, "password": PASSWORD }));
                async move { client.post_json("/auth/confirm-email", body).await }
            };
            assert_eq!(confirm(&tokens[first]).await.json["email"], addresses[first], "{compat:?}");
            confirm(&tokens[1 - first]).await.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
            assert_eq!(session.get("/users/me").await.json["email"], addresses[first], "{compat:?}");
        }
    }
}

/// C33: whoever opens an address in advance, a mail scanner say, uses nothing up; nor does a token count that stands in
/// one.
#[on_each_store]
async fn an_address_that_is_opened_uses_nothing_up() {
    for compat in COMPAT_MODES {
        let server = camelot(compat, axum_users_tests::strict_for_unverified()).await;
        let session = server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
        let reset = reset_token(&server, ARTHUR).await;
        let verify = verify_token(&server, ARTHUR).await;
        let change = change_token(&server, &session, PASSWORD, "king@camelot.bt").await;
        let doors =
            [("/auth/verify", &verify), ("/auth/confirm-email", &change), ("/auth/reset-password", &reset)];
        let before = server.database.rows();
        for (path, token) in doors {
            for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
                let query = [("token", &**token), ("password", "mordred-was-here")];
                let answer = Answer::of(server.client().request(method.clone(), path).query(&query)).await;
                assert_eq!(answer.status, 405, "{method} {path}");
            }
            let query = server.client().request(Method::POST, path).query(&[("token", token)]);
            assert_eq!(
                Answer::of(query.json(&json!({ "password": "mordred-was-here" }))).await.status,
                422,
                "{path}"
            );
        }
        assert_eq!(server.database.rows(), before);
        // The reset is the ground of the change, so that comes first.
        for (path, token, password) in
            [("/auth/verify", &verify, PASSWORD), ("/auth/reset-password", &reset, "lancelot-du-lac")]
        {
            let body = json!({ "token": token, "password": password });
            assert_eq!(server.client().post_json(path, body).await.status, 200, "{compat:?}: {path}");
        }
        let stale = server.client().post_json("/auth/confirm-email", json!({ "token": change })).await;
        stale.refuses(400, json!("VERIFY_USER_BAD_TOKEN"));
    }
}

/// C34: a session's token, at every backend by itself: a JWT opens those that sign as its own does, a random token its own and
/// no other. FastAPI Users' tables do not say at which backend a token was issued: there it opens those that keep it where its own
/// does.
#[on_each_store]
async fn a_sessions_token_is_good_where_it_is_kept() {
    let kind = |backend: Backend| (backend.is_jwt(), backend.is_stored());
    for compat in COMPAT_MODES {
        let server = camelot(compat, Policy::fastapi_users()).await;
        for reader in Backend::all() {
            let routes: Router = server.camelot.routes();
            let serving =
                Serving::start(routes.layer(Extension(EnabledBackends::only([reader.name()])))).await;
            let own = server.client().signed_in(reader, ARTHUR, PASSWORD).await;
            for maker in Backend::all() {
                let token = token_of(&server.client().signed_in(maker, ARTHUR, PASSWORD).await);
                let session = with_token(&own, reader, &token).at(&serving.url);
                let status = session.get("/users/me").await.status;
                let is_shared = compat == FastApiUsers || maker.is_jwt();
                let is_good = maker == reader || (is_shared && kind(maker) == kind(reader));
                let expected = if is_good { 200 } else { 401 };
                assert_eq!(status, expected, "{compat:?}: the token of {maker:?} at {reader:?}");
            }
        }
    }
}

/// `own` with another token where its own stands.
fn with_token(own: &Client, backend: Backend, token: &str) -> Client {
    if backend.is_cookie() {
        let cookie = own.headers["cookie"].to_str().expect("text");
        own.with("cookie", &format!("{}={token}", cookie.split_once('=').expect("a cookie").0))
    } else {
        own.with("authorization", &format!("Bearer {token}"))
    }
}

/// C35: what a page of another site can have a browser send without asking has no mail sent: its forms are no JSON.
#[on_each_store]
async fn no_form_of_another_site_has_mail_sent() {
    let server = camelot(Compat::None, Policy::strict()).await;
    let json = json!({ "email": ARTHUR, "password": "lancelot-du-lac" }).to_string();
    let form = format!("email={}&password=lancelot-du-lac", ARTHUR.replace('@', "%40"));
    let part = format!("--x\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\n{ARTHUR}\r\n--x--\r\n");
    // A form whose one field is called like the start of an object, and whose value is called like its end.
    let disguised = format!("{{\"email\": \"{ARTHUR}\", \"x\": \"=\"}}");
    for path in ["/auth/forgot-password", "/auth/request-verify-token", "/auth/register"] {
        for (kind, body) in [
            ("text/plain", &json),
            ("text/plain;charset=UTF-8", &json),
            ("text/plain; application/json", &json),
            ("text/plain", &disguised),
            ("application/x-www-form-urlencoded", &form),
            ("application/x-www-form-urlencoded", &json),
            ("multipart/form-data; boundary=x", &part),
            ("multipart/form-data; application/json", &json),
            ("", &json),
        ] {
            for site in ["cross-site", "same-site"] {
                let client = server.client().with("origin", "https://evil.bt").with("sec-fetch-site", site);
                let answer = client.post_raw(path, kind, body.clone()).await;
                assert_eq!(answer.status, 415, "{path}: {kind:?}: {}", answer.text);
                assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
            }
        }
        // Nor is it allowed when it asks.
        let client = server.client().with("origin", "https://evil.bt");
        let client = client.with("access-control-request-method", "POST");
        let asked = client.with("access-control-request-headers", "content-type");
        let answer = Answer::of(asked.request(Method::OPTIONS, path)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("access-control-allow-origin")),
            (405, ""),
            "{path}"
        );
    }
    assert_eq!(server.mails().await, []);
}
