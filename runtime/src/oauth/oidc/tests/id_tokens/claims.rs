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
        for (hash, is_good) in rows.clone() {
            rows.push((format!("{hash}="), is_good));
            rows.push((format!("{hash}=="), is_good));
        }
        rows.push((String::new(), true));
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
        json!("https://table.example//"),
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
        json!(["round table", "tintagel"]),
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
    for hash in [
        json!("AAAAAAAAAAAAAAAAAAAAAA"),
        json!("AAAAAAAAAAAAAAAAAAAAAA=="),
        json!("="),
        json!(" "),
        json!(7),
        json!([]),
        json!({}),
        json!(false),
    ] {
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

/// Rule 4 of OpenID Connect Core 1.0, 3.1.3.7, has an authorized party among several audiences. Many providers write
/// none.
#[test]
fn several_audiences_need_no_authorized_party_if_the_app_is_one_of_them() {
    for audience in
        [json!(["camelot", "round table"]), json!(["round table", "camelot"]), json!(["camelot", "camelot"])]
    {
        verdict(&pairs(), &claiming("aud", audience.clone()))
            .unwrap_or_else(|why| panic!("{audience}: {why}"));
    }
}

#[test]
fn a_missing_half_hash_may_be_null_or_empty() {
    for hash in [Value::Null, json!("")] {
        verdict(&pairs(), &claiming("at_hash", hash.clone())).unwrap_or_else(|why| panic!("{hash}: {why}"));
    }
}

/// RFC 7519, section 2: a NumericDate may have a fraction.
#[test]
fn dates_may_have_fractions() {
    let at = |name: &str, value: String| {
        let mut claims = claims();
        claims[name] = "HERE".into();
        let claims = claims.to_string().replace("\"HERE\"", &value);
        verdict(&pairs(), &written(&EC.header().to_string(), claims))
    };
    let seconds = NOW.seconds();
    for (name, value) in [
        ("exp", format!("{}.5", seconds + 300)),
        ("exp", format!("{}.000001", seconds - 60)),
        ("exp", "1.79e9".to_owned()),
        ("exp", "1e10".to_owned()),
        ("iat", format!("{seconds}.5")),
        ("iat", format!("{}.0", seconds + 60)),
        ("iat", "1.7E9".to_owned()),
        ("iat", "0.0".to_owned()),
        ("nbf", format!("{}.999999", seconds + 59)),
    ] {
        at(name, value.clone()).unwrap_or_else(|why| panic!("{name} {value}: {why}"));
    }
    for (name, value, why) in [
        ("exp", format!("{}.0", seconds - 60), EXPIRED),
        ("exp", format!("{}.999999", seconds - 61), EXPIRED),
        ("exp", "1.7e9".to_owned(), EXPIRED),
        ("iat", format!("{}.000001", seconds + 60), FUTURE),
        ("iat", "1e10".to_owned(), FUTURE),
        ("nbf", format!("{}.5", seconds + 60), FUTURE),
    ] {
        assert_eq!(at(name, value.clone()).expect_err("a refusal"), why, "{name} {value}");
    }
}

#[test]
fn dates_are_positive_numbers_of_this_era() {
    let seconds = NOW.seconds();
    refused([
        ("exp", claiming("exp", json!(seconds - 60)), EXPIRED),
        ("exp at the start", claiming("exp", json!(0)), EXPIRED),
        ("iat", claiming("iat", json!(seconds + 61)), FUTURE),
        ("iat of the last year", claiming("iat", json!(253_402_300_799_u64)), FUTURE),
        ("nbf", claiming("nbf", json!(seconds + 61)), FUTURE),
    ]);
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
            "-1.5",
            "-0.0",
            "1e12",
            "1e300",
            "253402300800.5",
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

/// The verdict on a token of the issuer `said`, where these are configured and published.
fn named(configured: &str, published: &str, said: &str) -> Result<Map<String, Value>, String> {
    let names = Names::new(configured, published)?;
    let token = claiming("iss", said.into());
    let keys = Keys::read(vec![EC.published()]);
    let signed = Unchecked::read(&token).expect("a token").signed_by(&keys).expect("a good signature");
    signed.claims(&names, &EXPECTED, NOW).map_err(|error| error.to_string())
}

#[test]
fn an_issuer_has_the_spellings_that_are_configured_and_published() {
    let (bare, slash) = ("https://table.example", "https://table.example/");
    for (configured, published) in [(bare, slash), (slash, bare)] {
        for said in [bare, slash] {
            let claims = named(configured, published, said).expect("a spelling");
            assert_eq!(claims["iss"], configured, "it is spelled as the app configures it");
        }
        for said in ["https://table.example//", "https://table.example/x", "table.example"] {
            named(configured, published, said).expect_err(said);
        }
    }
    for (known, other) in [(bare, slash), (slash, bare)] {
        let error = named(known, known, other).expect_err("neither configured nor published");
        assert!(error.contains(&format!("expected {known:?}, found {other:?}")), "{error}");
    }
    assert!(Names::new(bare, "https://table.example//").is_err());
}

#[test]
fn googles_issuer_has_two_spellings() {
    let google = "https://accounts.google.com";
    for said in [google, "accounts.google.com"] {
        assert_eq!(named(google, google, said).expect("Google's")["iss"], google);
    }
    for said in
        ["http://accounts.google.com", "https://accounts.google.com/", "accounts.google.com/", "google.com"]
    {
        named(google, google, said).expect_err(said);
    }
    named("https://table.example", "https://table.example", "table.example").expect_err("not Google's");
}

#[test]
fn a_foreign_issuer_is_logged_within_bounds() {
    let long = format!("https://evil.example/\n{}", "x".repeat(10_000));
    let error = named("https://table.example", "https://table.example", &long).expect_err("another issuer");
    assert!(error.len() < 500 && !error.contains('\n'), "{error}");
}

/// Microsoft Entra's `common`: each tenant is an issuer of its own.
#[test]
fn each_tenant_is_an_issuer_where_the_app_says_so() {
    const TEMPLATE: &str = "https://login.example/{tenantid}/v2.0";
    let told = |issuer: &str, tenant: Value, key_issuer: Value| {
        let mut claims = claims();
        claims["iss"] = issuer.into();
        claims["tid"] = tenant;
        let mut key = EC.published();
        key["issuer"] = key_issuer;
        let token = EC.token(&EC.header(), &claims);
        let keys = Keys::read(vec![key]);
        let signed = Unchecked::read(&token).expect("a token").signed_by(&keys).expect("a good signature");
        let names = Names::new(TEMPLATE, TEMPLATE).expect("one issuer");
        signed.claims(&names, &EXPECTED, NOW).map(|claims| claims["iss"].clone())
    };
    let (own, other) = ("9188040d-6c67-4c5b-b112-36a304b66dad", "f8cdef31-a31e-4b4a-93e4-5f571e91255a");
    let of = |tenant: &str| TEMPLATE.replace("{tenantid}", tenant);
    for key_issuer in [Value::Null, TEMPLATE.into(), of(own).into()] {
        let issuer = told(&of(own), own.into(), key_issuer.clone());
        assert_eq!(issuer.expect("a tenant's"), of(own), "{key_issuer}");
    }
    for (issuer, tenant, key_issuer) in [
        (of(own), json!(other), Value::Null),
        (of(own), Value::Null, Value::Null),
        (of(own), json!(""), Value::Null),
        (of(""), json!(""), Value::Null),
        (of("a/b"), json!("a/b"), Value::Null),
        (of(".."), json!(".."), Value::Null),
        (of("{tenantid}"), json!("{tenantid}"), Value::Null),
        (TEMPLATE.to_owned(), json!("{tenantid}"), Value::Null),
        (format!("{}/", of(own)), json!(own), Value::Null),
        (of(own).replace("login", "evil"), json!(own), Value::Null),
        (of(own), json!(own), json!(of(other))),
        (of(own), json!(own), json!("https://evil.example/{tenantid}/v2.0")),
    ] {
        told(&issuer, tenant.clone(), key_issuer.clone())
            .expect_err(&format!("{issuer} {tenant} {key_issuer}"));
    }
    // Without the placeholder there are no tenants.
    named("https://login.example/v2.0", "https://login.example/v2.0", &of(own)).expect_err("no template");
}
