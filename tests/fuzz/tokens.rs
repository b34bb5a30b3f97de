//! Tokens: one that is changed anywhere is none, and one that says anything at all is read without harm.

use axum::body::Body;
use axum::http::{Request, header};
use axum_users::clock::Timestamp;
use axum_users::compat::Compat;
use axum_users::prelude::*;
use axum_users::token::{Algorithm, JwtKeys};
use axum_users_tests::{Backend, Client, Options, RESET_SECRET, SECRET, reset_token, token_of, verify_token};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::app::{ARTHUR, App, PASSWORD, post};
use crate::cases::{almost, character, check, json as any_json};

const NOW: Timestamp = Timestamp::from_micros(1_714_564_800_000_000);

/// `token` with another character in place of one.
fn changed(token: &str, place: Index, by: char) -> Option<String> {
    let mut chars = token.chars().collect::<Vec<_>>();
    let at = place.index(chars.len());
    let old = std::mem::replace(&mut chars[at], by);
    (old != by).then(|| chars.into_iter().collect())
}

/// A character that may stand in a token, or any other.
fn replacement() -> impl Strategy<Value = char> {
    prop_oneof![4 => "[A-Za-z0-9_.-]".prop_map(|text| text.chars().next().expect("one")), 1 => character()]
}

fn bearer(token: &str) -> Option<Request<Body>> {
    let request = Request::get("/authenticated").header(header::AUTHORIZATION, format!("Bearer {token}"));
    request.body(Body::empty()).ok()
}

/// E60: of every algorithm.
#[test]
fn a_changed_token_of_any_key_is_none() {
    let pem = |name: &str| std::fs::read_to_string(format!("contract/keys/{name}.pem")).expect("a key");
    let pair = |algorithm, name: &str| JwtKeys::pair(algorithm, &pem(name), &pem(&format!("{name}.pub")));
    let all = [
        JwtKeys::hmac(Algorithm::HS256, &Secrets::new(SECRET)),
        JwtKeys::hmac(Algorithm::HS384, &Secrets::new(SECRET)),
        JwtKeys::hmac(Algorithm::HS512, &Secrets::new(RESET_SECRET).or(SECRET)),
        pair(Algorithm::ES256, "es256"),
        pair(Algorithm::EdDSA, "eddsa"),
    ];
    for keys in all.map(|keys| keys.expect("keys")) {
        let claims = json!({ "sub": "1", "email": ARTHUR, "aud": "door", "exp": NOW.seconds() + 60 });
        let token = keys.sign(&claims).expect("a token");
        check(2_000, &(any::<Index>(), replacement()), |(place, by)| {
            let Some(changed) = changed(&token, place, by) else { return };
            let read = keys.verify::<Anything>(&changed, &["door"], NOW);
            assert!(read.is_err(), "{:?}: {changed} for {token}", keys.algorithm());
        });
        assert!(keys.verify::<Anything>(&token, &["door"], NOW).is_ok());
    }
}

/// Claims that are for everybody and for good: what is left is the form of a token.
#[derive(serde::Deserialize)]
struct Anything {
    aud: axum_users::token::Audience,
    exp: axum_users::token::NumericDate,
}

impl axum_users::token::Registered for Anything {
    fn audience(&self) -> &axum_users::token::Audience {
        &self.aud
    }

    fn expires_at(&self) -> axum_users::token::NumericDate {
        self.exp
    }
}

fn signed(header: &str, claims: &str, key: &[u8]) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a key").chain_update(&message);
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// E60: a session's token that is changed anywhere, of each backend.
#[test]
fn a_changed_token_opens_no_session() {
    for compat in [Compat::None, FastApiUsers] {
        let app = App::start(Options { compat, ..Options::default() });
        for backend in Backend::all() {
            let client = app.server.client();
            let session = app.runtime.block_on(client.signed_in(backend, ARTHUR, PASSWORD));
            let token = token_of(&session);
            let name = session
                .headers
                .get("cookie")
                .map(|cookie| cookie.to_str().expect("text").split_once('=').expect("a cookie").0.to_owned());
            let ask = |token: &str| {
                let (header, value) = match &name {
                    Some(name) => (header::COOKIE, format!("{name}={token}")),
                    None => (header::AUTHORIZATION, format!("Bearer {token}")),
                };
                let request = Request::get("/authenticated").header(header, value).body(Body::empty());
                request.ok().map(|request| app.ask(request).status)
            };
            check(150, &(any::<Index>(), replacement()), |(place, by)| {
                let Some(changed) = changed(&token, place, by) else { return };
                // What a cookie may be quoted by, and what ends one, is no part of its value.
                let Some(status) = ask(&changed) else { return };
                assert_eq!(status, 401, "{compat:?}: {backend:?}: {changed} for {token}");
            });
            assert_eq!(ask(&token), Some(axum::http::StatusCode::OK), "{compat:?}: {backend:?}");
        }
    }
}

/// E60: a mailed token that is changed anywhere does nothing, and spoils nothing. One with a NUL is no text of ours.
#[test]
fn a_changed_token_proves_nothing() {
    for compat in [Compat::None, FastApiUsers] {
        let app = App::start(Options { compat, ..Options::default() });
        let reset = app.runtime.block_on(reset_token(&app.server, ARTHUR));
        let verify = app.runtime.block_on(verify_token(&app.server, ARTHUR));
        for (path, token, code) in [
            ("/auth/verify", verify, "VERIFY_USER_BAD_TOKEN"),
            ("/auth/reset-password", reset, "RESET_PASSWORD_BAD_TOKEN"),
        ] {
            let ask = |token: &str| app.ask(post(path, &json!({ "token": token, "password": "lancelot" })));
            check(150, &(any::<Index>(), replacement()), |(place, by)| {
                let Some(changed) = changed(&token, place, by) else { return };
                let answer = ask(&changed);
                let expected = if changed.contains('\0') { (422, "") } else { (400, code) };
                assert_eq!((answer.status.as_u16(), answer.detail()), expected, "{changed} for {token}");
            });
            assert_eq!(ask(&token).status, 200, "{compat:?}: {path}");
        }
    }
}

/// What is signed as it should be, whatever it says: a claim of another kind is no way in and no 500.
#[test]
fn claims_may_be_anything() {
    let options = [Compat::None, FastApiUsers].map(|compat| Options { compat, ..Options::default() });
    for app in options.iter().flat_map(App::on_each_store) {
        let session = app.runtime.block_on(app.server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD));
        let claims = claims(&session);
        let name =
            prop::sample::select(vec!["sub", "aud", "exp", "nbf", "iat", "jti", "fgpt", "user_gen", "email"]);
        check(150, &(name, any_json()), |(name, value)| {
            let mut claims = claims.clone();
            let is_other = claims[name] != value;
            claims[name] = value;
            let token = signed(r#"{"alg":"HS256"}"#, &claims.to_string(), &app.server.session_key());
            let Some(request) = bearer(&token) else { return };
            let answer = app.ask(request);
            // A number is a date; a text is for people; a list may hold what it is for.
            if is_other && ["sub", "aud"].contains(&name) {
                assert_eq!(answer.status, 401, "{claims}");
            }
        });
    }
}

fn claims(session: &Client) -> Value {
    let token = token_of(session);
    let claims = token.split('.').nth(1).expect("claims");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64")).expect("JSON")
}

/// E53, E54: headers and claims that are almost right, as text: broken JSON, other types, doubled members.
#[test]
fn tokens_may_say_anything() {
    const HEADERS: [&str; 3] = [
        r#"{"alg":"HS256","typ":"JWT"}"#,
        r#"{"alg":"none"}"#,
        r#"{"alg":"HS256","crit":["exp"],"kid":"../x"}"#,
    ];
    const CLAIMS: [&str; 2] = [
        r#"{"sub":"1","email":"arthur@camelot.bt","aud":["axum-users:auth"],"exp":4102444800,"fgpt":"x"}"#,
        r#"{"sub":"00000000-0000-4000-8000-000000000000","aud":"axum-users:reset","exp":1e400,"password_fgpt":"x"}"#,
    ];
    let app = App::start(Options::default());
    check(400, &(almost(&HEADERS), almost(&CLAIMS), almost(&["a.b.c", ""])), |(header, claims, text)| {
        let session = signed(&header, &claims, &app.server.session_key());
        for token in [&session, &text] {
            if let Some(request) = bearer(token) {
                assert_eq!(app.ask(request).status, 401, "{header} {claims} {text}");
            }
        }
        let keys =
            [("/auth/verify", app.server.verify_key()), ("/auth/reset-password", app.server.reset_key())];
        for (path, key) in &keys {
            for token in [&signed(&header, &claims, key), &text] {
                let answer = app.ask(post(path, &json!({ "token": token, "password": "lancelot" })));
                assert!([400, 422].contains(&answer.status.as_u16()), "{header} {claims} {text}: {answer:?}");
            }
        }
    });
}
