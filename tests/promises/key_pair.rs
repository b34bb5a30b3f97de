//! Promise 5, for key pairs: what is public signs nothing, and a token that was ended can't be signed anew.

use axum_users::app::Builder;
use axum_users::backend::BackendName;
use axum_users::prelude::*;
use axum_users::token::{Algorithm, JwtKeys};
use axum_users_tests::{Answer, Options, SECRET, Server, on_each_store};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;

use crate::common::{ARTHUR, PASSWORD, is_in};
use crate::forge::{HS256, claims, signed};

const PRIVATE: &str = include_str!("../contract/keys/es256.pem");
const PUBLIC: &str = include_str!("../contract/keys/es256.pub.pem");
/// The order of P-256.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
    0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The same token with the other signature of ECDSA: what is `s` in the one is the order less `s` in the other.
fn other_signature(token: &str) -> String {
    let (message, signature) = token.rsplit_once('.').expect("a signature");
    let mut signature = URL_SAFE_NO_PAD.decode(signature).expect("base64");
    let mut borrowed = 0;
    for (byte, order) in signature[32..].iter_mut().zip(ORDER).rev() {
        let difference = i16::from(order) - i16::from(*byte) - borrowed;
        borrowed = i16::from(difference < 0);
        *byte = u8::try_from(difference.rem_euclid(256)).expect("a byte");
    }
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[on_each_store]
async fn a_public_key_signs_nothing() {
    let keys = JwtKeys::pair(Algorithm::ES256, PRIVATE, PUBLIC).expect("keys");
    let pair = Jwt::default().keys(keys);
    let setup = |setup: Builder<_>| setup.backend(BackendName::new("pair"), Bearer, pair);
    let server = Server::of(Options::default(), |_| {}, setup).await.expect("the app starts");
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    let form = [("username", ARTHUR), ("password", PASSWORD)];
    let login = Answer::of(server.client().request(Method::POST, "/auth/pair/login").form(&form)).await;
    let real = login.json["access_token"].as_str().expect("a token");
    let claims = claims(real).to_string();
    let arthur = |token: &str| server.client().with("authorization", &format!("Bearer {token}"));
    assert!(is_in(&arthur(real)).await);
    let session_key = server.session_key();
    for (what, header, secret) in [
        ("HS256", HS256, PUBLIC.as_bytes()),
        ("HS256 without its last end of line", HS256, PUBLIC.trim_end().as_bytes()),
        ("HS256 under the name of ES256", r#"{"alg":"ES256"}"#, PUBLIC.as_bytes()),
        ("the app's secret under the name of ES256", r#"{"alg":"ES256"}"#, SECRET.as_bytes()),
        ("the app's session key under the name of ES256", r#"{"alg":"ES256"}"#, &session_key),
    ] {
        assert!(!is_in(&arthur(&signed(header, &claims, secret))).await, "{what}");
    }
    let message = real.rsplit_once('.').expect("a signature").0;
    for signature in ["", "AA", &URL_SAFE_NO_PAD.encode([0; 64])] {
        assert!(!is_in(&arthur(&format!("{message}.{signature}"))).await, "{signature}");
    }

    let other = other_signature(real);
    assert_ne!(other, real);
    assert!(is_in(&arthur(&other)).await, "ECDSA has two signatures");
    assert_eq!(arthur(real).post("/auth/pair/logout").await.status, 200);
    assert!(!is_in(&arthur(real)).await);
    assert!(!is_in(&arthur(&other)).await, "the other signature outlived the first");
}
