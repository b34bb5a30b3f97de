//! Which keys of a set are taken, and those that are none.

use serde_json::{Value, json};

use super::Pair;
use super::pair::base64;
use crate::oauth::oidc::keys::Keys;

/// The bytes of a number of `bits` bits.
fn number(bits: usize) -> String {
    let mut bytes = vec![0xff; bits.div_ceil(8)];
    bytes[0] >>= bytes.len() * 8 - bits;
    base64(bytes)
}

#[test]
fn only_keys_for_id_tokens_are_taken() {
    let (rsa, ec, ed) = (Pair::rsa("k").published(), Pair::ec("k").published(), Pair::ed("k").published());
    let with = |key: &Value, name: &str, value: Value| {
        let mut key = key.clone();
        key[name] = value;
        key
    };
    let without = |key: &Value, name: &str| {
        let mut key = key.clone();
        key.as_object_mut().expect("an object").remove(name);
        key
    };
    let padded = |key: &Value, names: &[&str]| {
        let mut key = key.clone();
        for name in names {
            let text = key[name].as_str().expect("base64").to_owned();
            key[name] = format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4)).into();
        }
        key
    };
    let x48 = base64([7; 48]);
    let rows = [
        (rsa.clone(), true),
        (ec.clone(), true),
        (ed.clone(), true),
        (without(&rsa, "use"), true),
        (without(&ec, "alg"), true),
        (with(&ed, "key_ops", json!(["verify"])), true),
        (with(&ed, "x5c", json!(["MII…"])), true),
        (with(&rsa, "n", number(2048).into()), true),
        (with(&rsa, "n", number(8192).into()), true),
        (with(&rsa, "n", number(2047).into()), false),
        (with(&rsa, "n", number(1024).into()), false),
        (with(&rsa, "n", number(512).into()), false),
        (with(&rsa, "n", number(8193).into()), false),
        (with(&rsa, "n", base64([&[0; 128][..], &[0xff; 128]].concat()).into()), false),
        (with(&rsa, "n", "".into()), false),
        (with(&rsa, "n", "n+/n".into()), false),
        (with(&rsa, "n", 7.into()), false),
        (without(&rsa, "n"), false),
        (without(&rsa, "e"), false),
        (without(&rsa, "kty"), false),
        (with(&rsa, "use", "enc".into()), false),
        (with(&ec, "use", "SIG".into()), false),
        (with(&ed, "use", "".into()), false),
        (with(&rsa, "key_ops", json!(["sign", "encrypt"])), false),
        (with(&rsa, "key_ops", json!([])), false),
        (with(&rsa, "alg", "RS512".into()), false),
        (with(&rsa, "alg", "PS256".into()), false),
        (with(&rsa, "alg", "ES256".into()), false),
        (with(&ec, "alg", "RS256".into()), false),
        (with(&ed, "alg", "ES256".into()), false),
        (with(&ec, "alg", "none".into()), false),
        (with(&ec, "crv", "P-384".into()), false),
        (with(&ec, "crv", "secp256k1".into()), false),
        (with(&with(&ec, "x", x48.clone().into()), "y", x48.into()), false),
        (with(&ec, "x", base64([7; 31]).into()), false),
        (with(&ec, "y", "".into()), false),
        (without(&ec, "y"), false),
        (with(&ed, "crv", "X25519".into()), false),
        (with(&ed, "crv", "Ed448".into()), false),
        (with(&ed, "x", base64([7; 33]).into()), false),
        (with(&ed, "x", format!("{}=", base64([7; 32])).into()), true),
        (with(&ed, "x", format!("{}==", base64([7; 32])).into()), false),
        (with(&ed, "alg", "Ed25519".into()), true),
        (with(&ed, "alg", "Ed448".into()), false),
        (with(&ec, "alg", "Ed25519".into()), false),
        (padded(&rsa, &["n", "e"]), true),
        (padded(&ec, &["x", "y"]), true),
        (with(&ec, "issuer", json!("https://login.example/{tenantid}/v2.0")), true),
        (with(&ec, "issuer", json!(["odd"])), true),
        (json!({ "kty": "oct", "kid": "k", "k": "AAAA", "alg": "HS256" }), false),
        (json!({ "kty": "oct", "kid": "k", "k": "AAAA" }), false),
        (with(&ec, "kid", 7.into()), false),
        (json!("k"), false),
        (Value::Null, false),
    ];
    for (key, is_taken) in rows {
        assert_eq!(Keys::read(vec![key.clone()]).has(Some("k")), is_taken, "{key}");
        // What can't be used is no reason to leave out the others.
        let sound = Pair::ed("sound").published();
        assert!(Keys::read(vec![key, sound]).has(Some("sound")));
    }
}

#[test]
fn a_number_may_have_noughts_before_it() {
    let pair = Pair::rsa("excalibur");
    let mut key = pair.published();
    let n = base64::Engine::decode(
        &base64::engine::general_purpose::URL_SAFE_NO_PAD,
        key["n"].as_str().expect("a number"),
    );
    key["n"] = base64([&[0], &*n.expect("base64")].concat()).into();
    let keys = Keys::read(vec![key]);
    let signed = pair.sign("round table");
    let (message, signature) = signed.split_once('.').expect("a signature");
    assert!(keys.signer(Some("excalibur"), jsonwebtoken::Algorithm::RS256, message, signature).is_some());
}

/// A key whose exponent is 1 would take any message for its own signature; a point that is not on the curve tells
/// nothing.
#[test]
fn weak_keys_sign_nothing() {
    let (rsa, ec) = (Pair::rsa("rsa"), Pair::ec("ec"));
    for exponent in [&[1][..], &[0], &[2], &[]] {
        let mut key = rsa.published();
        key["e"] = base64(exponent).into();
        let keys = Keys::read(vec![key]);
        let message = "round table";
        let digest = <sha2::Sha256 as sha2::Digest>::digest(message);
        let info = [
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
            0, 4, 0x20,
        ];
        let mut padded = vec![0, 1];
        padded.resize(256 - 1 - info.len() - digest.len(), 0xff);
        padded.push(0);
        padded.extend(info);
        padded.extend(digest);
        assert_eq!(padded.len(), 256);
        let is_good =
            keys.signer(Some("rsa"), jsonwebtoken::Algorithm::RS256, message, &base64(padded)).is_some();
        assert!(!is_good, "{exponent:?}");
    }
    let mut key = ec.published();
    key["y"] = key["x"].clone();
    let signed = ec.sign("round table");
    let (message, signature) = signed.split_once('.').expect("a signature");
    assert!(
        Keys::read(vec![key])
            .signer(Some("ec"), jsonwebtoken::Algorithm::ES256, message, signature)
            .is_none()
    );
}

#[test]
fn the_keys_of_a_provider_have_a_bound() {
    let key = Pair::ed("first").published();
    let keys = (0..100).map(|number| {
        let mut key = key.clone();
        key["kid"] = number.to_string().into();
        key
    });
    let keys = Keys::read(keys.collect());
    assert!(keys.has(Some("63")) && !keys.has(Some("64")));
}
