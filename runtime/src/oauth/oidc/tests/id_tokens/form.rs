//! Tokens that are not of the form, or say that they are something else.

use serde_json::{Value, json};

use super::*;

#[test]
fn parts_are_objects_in_strict_base64() {
    let (header, claims) = (EC.header().to_string(), claims().to_string());
    let twice = |name: &str, value: &str| claims.replacen('{', &format!("{{\"{name}\":{value},"), 1);
    let mut rows = vec![
        ("a list", written(&header, r#"["arthur"]"#), UNREADABLE),
        ("a text", written(&header, r#""arthur""#), UNREADABLE),
        ("null", written(&header, "null"), UNREADABLE),
        ("nothing", written(&header, ""), UNREADABLE),
        ("no JSON", written(&header, "arthur"), UNREADABLE),
        ("more behind it", written(&header, format!("{claims}{{}}")), UNREADABLE),
        ("no UTF-8", written(&header, b"{\"sub\":\"\xff\"}"), UNREADABLE),
        ("deep", written(&header, format!("{{\"a\":{}{}}}", "[".repeat(500), "]".repeat(500))), UNREADABLE),
        ("a header that is a list", written(r#"["ES256","JWT"]"#, &claims), UNREADABLE),
        ("a header that is a text", written(r#""ES256""#, &claims), UNREADABLE),
        ("alg twice", written(r#"{"alg":"none","alg":"ES256","kid":"clarent"}"#, &claims), UNREADABLE),
        ("kid twice", written(r#"{"alg":"ES256","kid":"a","kid":"clarent"}"#, &claims), UNREADABLE),
        (
            "email twice",
            written(&header, twice("email", r#""a@b.example","email":"c@d.example""#)),
            UNREADABLE,
        ),
        ("exp by another spelling", written(&header, twice("\\u0065xp", "1")), UNREADABLE),
    ];
    for name in ["iss", "sub", "aud", "exp", "iat", "nonce"] {
        rows.push((name, written(&header, twice(name, "\"mordred\"")), UNREADABLE));
    }
    // The alphabet with + and /, which is that of other base64.
    let payload = claims.replace("arthur", "arthur>>>???");
    let standard = base64::Engine::encode(&base64::engine::general_purpose::STANDARD_NO_PAD, &payload);
    assert!(standard.contains(['+', '/']), "{standard}");
    rows.push(("another alphabet", EC.sign(&format!("{}.{standard}", base64(&header))), UNREADABLE));
    refused(rows);
}

#[test]
fn a_token_with_hundreds_of_groups_is_read() {
    let groups = (0..2_000).map(|n| format!("{n:036}")).collect::<Vec<_>>();
    let token = claiming("groups", json!(groups));
    assert!((100 * 1024..128 * 1024).contains(&token.len()), "{}", token.len());
    verdict(&pairs(), &token).expect("a good token");
}

#[test]
fn a_long_token_is_not_read() {
    const MAX: usize = 128 * 1024;
    let long = claiming("filler", "a".repeat(100_000).into());
    assert!(long.len() > MAX && Unchecked::read(&long).is_err());
    refused([("long", long, TOO_LONG), ("long, and no token", "a".repeat(MAX + 1), TOO_LONG)]);
    refused([("as long as may be", "a".repeat(MAX), UNREADABLE)]);
}

/// RFC 9864 calls it `Ed25519`, RFC 8037 `EdDSA`.
#[test]
fn an_algorithm_may_have_its_fully_specified_name() {
    verdict(&pairs(), &headed(&ED, "alg", json!("Ed25519"))).expect("a good token");
    for name in ["Ed448", "ed25519", "ED25519", "EdDSA25519"] {
        refused([(name, headed(&ED, "alg", json!(name)), ALGORITHM)]);
    }
    refused([("another key's", headed(&EC, "alg", json!("Ed25519")), UNSIGNED)]);
}

#[test]
fn headers_say_what_a_token_is() {
    refused([
        ("crit", headed(&EC, "crit", json!(["exp"])), CRITICAL),
        ("crit of nothing", headed(&EC, "crit", json!([])), CRITICAL),
        ("crit of null", headed(&EC, "crit", Value::Null), CRITICAL),
        ("unencoded payload", headed(&EC, "crit", json!(["b64"])), CRITICAL),
        ("an access token", headed(&EC, "typ", json!("at+jwt")), KIND),
        ("a logout token", headed(&EC, "typ", json!("logout+jwt")), KIND),
        ("an encrypted one", headed(&EC, "typ", json!("JWE")), KIND),
        ("an empty kind", headed(&EC, "typ", json!("")), KIND),
        ("a kind of null", headed(&EC, "typ", Value::Null), KIND),
        ("a list of kinds", headed(&EC, "typ", json!(["JWT"])), KIND),
    ]);
}
