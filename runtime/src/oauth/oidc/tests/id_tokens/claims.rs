//! Claims that are missing, or of another value or kind.

use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use super::*;

#[test]
fn the_half_hash_is_of_the_algorithm() {
    let (sha256, sha512) = (Sha256::digest(EXPECTED.access_token), Sha512::digest(EXPECTED.access_token));
    for pair in pairs() {
        let is_ed = pair.algorithm() == "EdDSA";
        let mut rows = vec![
            (base64(&sha256[..16]), !is_ed),
            (base64(&sha512[..32]), is_ed),
            (base64(sha256), false),
            (base64(sha512), false),
            (base64(&Sha256::digest("another")[..16]), false),
        ];
        rows.push((String::new(), false));
        for (hash, is_good) in rows {
            let mut claims = claims();
            claims["at_hash"] = hash.as_str().into();
            let verdict = verdict(&pairs(), &pair.token(&pair.header(), &claims));
            assert_eq!(verdict.is_ok(), is_good, "{} {hash}: {verdict:?}", pair.algorithm());
            assert!(is_good || verdict == Err(ACCESS_TOKEN.to_owned()));
        }
    }
}

#[test]
fn each_claim_is_needed() {
    for (name, why) in [
        ("iss", ISSUER_DIFFERS),
        ("sub", SUBJECT),
        ("aud", AUDIENCE),
        ("exp", DATES),
        ("iat", DATES),
        ("nonce", NONCE),
    ] {
        let mut claims = claims();
        claims.as_object_mut().expect("an object").remove(name);
        refused([(name, EC.token(&EC.header(), &claims), why)]);
    }
}

#[test]
fn each_claim_is_what_it_must_be() {
    let row = |name: &str, value: Value, why| (format!("{name} {value}"), claiming(name, value), why);
    for issuer in [
        json!("https://table.example/"),
        json!("https://TABLE.example"),
        json!("http://table.example"),
        json!("table.example"),
        json!("https://table.example.evil.example"),
        json!(["https://table.example"]),
        json!(""),
        Value::Null,
    ] {
        refused([row("iss", issuer, ISSUER_DIFFERS)]);
    }
    for audience in [
        json!("Camelot"),
        json!("camelot "),
        json!("camelot,round table"),
        json!(""),
        json!([]),
        json!(["round table"]),
        json!(["camelot", "round table"]),
        json!(["camelot", "camelot"]),
        json!(["camelot", 7]),
        json!([["camelot"]]),
        json!({ "camelot": true }),
        json!(7),
        Value::Null,
    ] {
        refused([row("aud", audience, AUDIENCE)]);
    }
    for party in
        [json!("round table"), json!("Camelot"), json!(["camelot"]), json!(""), json!(7), Value::Null]
    {
        refused([row("azp", party, AUDIENCE)]);
    }
    for nonce in [
        json!("N-0S6_WzA2Mj"),
        json!("n-0S6_WzA2M"),
        json!(""),
        json!(7),
        json!(["n-0S6_WzA2Mj"]),
        Value::Null,
    ] {
        refused([row("nonce", nonce, NONCE)]);
    }
    for subject in [json!(""), json!("a".repeat(256)), json!(7), json!(["arthur"]), json!({}), Value::Null] {
        refused([row("sub", subject, SUBJECT)]);
    }
    for hash in [json!(""), json!("AAAAAAAAAAAAAAAAAAAAAA"), json!(7), json!([]), Value::Null] {
        refused([row("at_hash", hash, ACCESS_TOKEN)]);
    }
    let mut claims = claims();
    claims["aud"] = json!(["camelot", "round table"]);
    claims["azp"] = json!("round table");
    refused([("azp is another of several", EC.token(&EC.header(), &claims), AUDIENCE)]);
    claims["aud"] = json!(["round table", "tintagel"]);
    claims["azp"] = json!("camelot");
    refused([("azp is none of them", EC.token(&EC.header(), &claims), AUDIENCE)]);
}

#[test]
fn dates_are_whole_seconds() {
    let seconds = NOW.seconds();
    refused([
        ("exp", claiming("exp", json!(seconds - 60)), EXPIRED),
        ("exp at the start", claiming("exp", json!(0)), EXPIRED),
        ("iat", claiming("iat", json!(seconds + 61)), FUTURE),
        ("iat of the last year", claiming("iat", json!(253_402_300_799_u64)), FUTURE),
        ("nbf", claiming("nbf", json!(seconds + 61)), FUTURE),
    ]);
    let late = format!("{}.5", seconds + 300);
    for name in ["exp", "iat", "nbf"] {
        for value in [
            "\"1714565100\"",
            "\"never\"",
            "\"2024-05-01T12:05:00Z\"",
            "null",
            "true",
            "[]",
            "[1714565100]",
            "{}",
            "-1",
            "-0.0",
            "1714564800.5",
            &late,
            "1e10",
            "1e400",
            "-1e400",
            "NaN",
            "Infinity",
            "253402300800",
            "9223372036854775807",
            "18446744073709551615",
            "99999999999999999999",
        ] {
            let mut claims = claims();
            claims[name] = "HERE".into();
            let claims = claims.to_string().replace("\"HERE\"", value);
            refused([(format!("{name} {value}"), written(&EC.header().to_string(), claims), UNREADABLE)]);
        }
    }
}
