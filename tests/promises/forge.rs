//! Forged tokens: with a good signature, whatever they say.

use axum_users::store::Compat;
use axum_users_tests::{Backend, Options, Server};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Sha256, Sha384};

use crate::common::{ARTHUR, PASSWORD, camelot, is_in, token_of};

pub(crate) const HS256: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

pub(crate) fn hs256(message: &str, key: impl AsRef<[u8]>) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_ref()).expect("a key").chain_update(message);
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

pub(crate) fn hs384(message: &str, key: impl AsRef<[u8]>) -> String {
    let mac = Hmac::<Sha384>::new_from_slice(key.as_ref()).expect("a key").chain_update(message);
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

pub(crate) fn message(header: &str, claims: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

/// A token with a good signature, whatever it says.
pub(crate) fn signed(header: &str, claims: &str, key: impl AsRef<[u8]>) -> String {
    let message = message(header, claims);
    let signature = hs256(&message, key);
    format!("{message}.{signature}")
}

/// `token` with another signature.
pub(crate) fn signed_again(token: &str, key: impl AsRef<[u8]>) -> String {
    let (message, _) = token.rsplit_once('.').expect("a signature");
    format!("{message}.{}", hs256(message, key))
}

/// What a token says.
pub(crate) fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("claims");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON")
}

/// `claims` with other values for some; `null` takes a claim away.
pub(crate) fn with(claims: &Value, changes: Value) -> String {
    let (Value::Object(mut claims), Value::Object(changes)) = (claims.clone(), changes) else {
        panic!("claims are objects");
    };
    for (name, value) in changes {
        if value.is_null() {
            claims.remove(&name)
        } else {
            claims.insert(name, value)
        };
    }
    Value::Object(claims).to_string()
}

/// `claims` with some JSON behind them, which no value of serde holds.
pub(crate) fn and(claims: &str, json: &str) -> String {
    format!("{},{json}}}", claims.strip_suffix('}').expect("an object"))
}

/// A server, the moment that it is there, and the claims of a token that it made for Arthur.
pub(crate) async fn issued(compat: Compat) -> (Server, i64, Value) {
    let server = camelot(Options { compat, ..Options::default() }).await;
    let now = axum_users::clock::Clock::now(&server.clock).seconds();
    let real = token_of(&server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await);
    (server, now, claims(&real))
}

/// Whether `token` opens the door, as a bearer token and as a cookie alike.
pub(crate) async fn is_taken(server: &Server, token: &str) -> bool {
    let cookie = server.client().login(Backend::Cookie, ARTHUR, PASSWORD).await;
    let name = cookie.cookie().expect("a cookie").0;
    let bearer = is_in(&server.client().with("authorization", &format!("Bearer {token}"))).await;
    let cookie = is_in(&server.client().with("cookie", &format!("{name}={token}"))).await;
    assert_eq!(bearer, cookie, "{token}");
    bearer
}
