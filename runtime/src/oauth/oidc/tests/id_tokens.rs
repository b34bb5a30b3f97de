//! One row an attack: each token is right but for one thing, and is refused for that.

use std::sync::LazyLock;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256, Sha512};

use super::pair::base64;
use super::{NOW, Pair};
use crate::oauth::OAuthError;
use crate::oauth::oidc::id_token::{Expected, Unchecked};
use crate::oauth::oidc::keys::Keys;

const ISSUER: &str = "https://table.example";
const EXPECTED: Expected<'static> =
    Expected { client_id: "camelot", nonce: "n-0S6_WzA2Mj", access_token: "SlAV32hkKG" };

const UNREADABLE: &str = "it can't be read";
const TOO_LONG: &str = "it is too long";
const ALGORITHM: &str = "its algorithm is not one for ID tokens";
const CRITICAL: &str = "it must not be read as an ordinary one";
const KIND: &str = "it is a token of another kind";
const UNSIGNED: &str = "none of the provider's keys has signed it";
const ISSUER_DIFFERS: &str = "another issuer has made it";
const AUDIENCE: &str = "it is for somebody else";
const DATES: &str = "it does not say from when to when it is good";
const EXPIRED: &str = "it has expired";
const FUTURE: &str = "it is from the future";
const NONCE: &str = "it is from another sign-in";
const SUBJECT: &str = "it does not say who has signed in";
const ACCESS_TOKEN: &str = "it came with another access token";

static RSA: LazyLock<Pair> = LazyLock::new(|| Pair::rsa("excalibur"));
static EC: LazyLock<Pair> = LazyLock::new(|| Pair::ec("clarent"));
static ED: LazyLock<Pair> = LazyLock::new(|| Pair::ed("rhongomyniad"));

fn pairs() -> [&'static Pair; 3] {
    [&*RSA, &*EC, &*ED]
}

fn claims() -> Value {
    json!({
        "iss": ISSUER,
        "sub": "arthur",
        "aud": "camelot",
        "exp": NOW.seconds() + 300,
        "iat": NOW.seconds(),
        "nonce": EXPECTED.nonce,
    })
}

/// What is said of a token by those who have the keys of `pairs`.
fn verdict(pairs: &[&Pair], token: &str) -> Result<Map<String, Value>, String> {
    let keys = Keys::read(pairs.iter().map(|pair| pair.published()).collect());
    let read = || {
        let token = Unchecked::read(token)?;
        let signed = token.signed_by(&keys).ok_or_else(|| OAuthError::IdToken(UNSIGNED.to_owned()))?;
        signed.claims(ISSUER, &EXPECTED, NOW)
    };
    read().map_err(|error| match error {
        OAuthError::IdToken(why) => why,
        error => panic!("{error}"),
    })
}

/// Each token is refused for its reason.
fn refused(rows: impl IntoIterator<Item = (impl Into<String>, String, &'static str)>) {
    for (what, token, why) in rows {
        assert_eq!(verdict(&pairs(), &token).expect_err("a refusal"), why, "{}", what.into());
    }
}

/// A token that is right but for one claim.
fn claiming(name: &str, value: Value) -> String {
    let mut claims = claims();
    claims[name] = value;
    EC.token(&EC.header(), &claims)
}

/// A token that is right but for one field of its header.
fn headed(pair: &Pair, name: &str, value: Value) -> String {
    let mut header = pair.header();
    header[name] = value;
    pair.token(&header, &claims())
}

/// A token whose parts are text, with its signature.
fn written(header: &str, claims: impl AsRef<[u8]>) -> String {
    EC.sign(&format!("{}.{}", base64(header), base64(claims)))
}

#[test]
fn what_is_right_is_taken() {
    for pair in pairs() {
        let token = pair.token(&pair.header(), &claims());
        let read = verdict(&pairs(), &token).expect("good");
        assert_eq!(Value::Object(read), claims(), "{}", pair.algorithm());
        let nameless = pair.token(&json!({ "alg": pair.algorithm() }), &claims());
        verdict(&pairs(), &nameless).expect("good without a key's id");
    }
    let seconds = NOW.seconds();
    for (name, value) in [
        ("aud", json!(["camelot"])),
        ("azp", json!("camelot")),
        ("exp", json!(seconds - 59)),
        ("iat", json!(seconds + 60)),
        ("iat", json!(0)),
        ("nbf", json!(seconds + 60)),
        ("sub", json!("a".repeat(255))),
        ("sub", json!("ä".repeat(255))),
        ("at_hash", json!(base64(&Sha256::digest(EXPECTED.access_token)[..16]))),
        ("email", json!("arthur@camelot.bt")),
        ("filler", json!("a".repeat(11_000))),
    ] {
        verdict(&pairs(), &claiming(name, value.clone()))
            .unwrap_or_else(|why| panic!("{name} {value}: {why}"));
    }
    for (name, value) in [
        ("typ", json!("jwt")),
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/chain")),
        ("jwk", Pair::ec("mordred").published()),
    ] {
        verdict(&pairs(), &headed(&EC, name, value)).expect(name);
    }
    let mut several = claims();
    several["aud"] = json!(["round table", "camelot"]);
    several["azp"] = json!("camelot");
    verdict(&pairs(), &EC.token(&EC.header(), &several)).expect("an authorized party among several");
}

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
fn no_other_algorithm_signs() {
    let signed_by = |algorithm: Value| {
        ["excalibur", "clarent", "rhongomyniad"].map(|id| {
            let header = json!({ "alg": algorithm, "kid": id }).to_string();
            (format!("{header} "), format!("{}.{}.", base64(header), base64(claims().to_string())))
        })
    };
    for name in ["none", "None", "nOnE", "NONE", "", "rs256", "RS384", "RS512", "PS256", "ES384", "ES256K"] {
        refused(signed_by(name.into()).map(|(what, token)| (what, token, ALGORITHM)));
    }
    for other in [Value::Null, json!(256), json!(["ES256"]), json!({ "ES256": true })] {
        refused(signed_by(other).map(|(what, token)| (what, token, ALGORITHM)));
    }
    refused([
        ("no algorithm", written("{}", claims().to_string()), ALGORITHM),
        ("ES256 without a signature", without_signature(&EC), UNSIGNED),
        ("RS256 without a signature", without_signature(&RSA), UNSIGNED),
        ("EdDSA without a signature", without_signature(&ED), UNSIGNED),
    ]);
}

fn without_signature(pair: &Pair) -> String {
    let token = pair.token(&pair.header(), &claims());
    let (message, _) = token.rsplit_once('.').expect("a signature");
    format!("{message}.")
}

/// CVE-2016-10555 and its like: what is public would sign, if it were taken for a secret.
#[test]
fn a_public_key_is_no_secret() {
    for pair in pairs() {
        let key = pair.published();
        let member = ["n", "x"].into_iter().find_map(|name| key[name].as_str()).expect("a key").to_owned();
        for secret in [key.to_string(), member] {
            for algorithm in ["HS256", pair.algorithm()] {
                let header = json!({ "alg": algorithm, "kid": pair.id });
                let message = format!("{}.{}", base64(header.to_string()), base64(claims().to_string()));
                let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
                let mac = mac.chain_update(&message).finalize().into_bytes();
                let why = if algorithm == "HS256" { ALGORITHM } else { UNSIGNED };
                refused([(algorithm, format!("{message}.{}", base64(mac)), why)]);
            }
        }
    }
}

#[test]
fn only_the_key_that_is_named_signs() {
    for pair in pairs() {
        for id in ["unknown", "", "../../dev/null", "' OR '1'='1", "excalibur\0", "EXCALIBUR", "clarent "] {
            refused([(id, headed(pair, "kid", id.into()), UNSIGNED)]);
        }
        for other in pairs().into_iter().filter(|other| other.id != pair.id) {
            refused([
                ("another's id", headed(pair, "kid", other.id.into()), UNSIGNED),
                ("another's algorithm", headed(pair, "alg", other.algorithm().into()), UNSIGNED),
            ]);
            let mut header = other.header();
            refused([("another's header", pair.token(&header, &claims()), UNSIGNED)]);
            header.as_object_mut().expect("an object").remove("kid");
            refused([("another's algorithm, no id", pair.token(&header, &claims()), UNSIGNED)]);
        }
        for id in [Value::Null, json!(7), json!(["clarent"])] {
            refused([("an id that is no text", headed(pair, "kid", id), UNREADABLE)]);
        }
    }
    for stranger in [Pair::rsa("excalibur"), Pair::ec("clarent"), Pair::ed("rhongomyniad")] {
        refused([("a stranger's key", stranger.token(&stranger.header(), &claims()), UNSIGNED)]);
        let mut header = stranger.header();
        header["jwk"] = stranger.published();
        refused([("a stranger's key in the header", stranger.token(&header, &claims()), UNSIGNED)]);
    }
}

/// Two keys of one id: the algorithm tells them apart, and where it does not, either may have signed.
#[test]
fn an_id_may_stand_for_two_keys() {
    let twins = [Pair::ec("twin"), Pair::ec("twin"), Pair::ed("twin")];
    let published = twins.iter().collect::<Vec<_>>();
    for twin in &twins {
        verdict(&published, &twin.token(&twin.header(), &claims())).expect("good");
    }
}

#[test]
fn signatures_are_of_the_whole() {
    for pair in pairs() {
        let token = pair.token(&pair.header(), &claims());
        let (message, signature) = token.rsplit_once('.').expect("a signature");
        let (header, payload) = message.split_once('.').expect("a payload");
        let mut forged = claims();
        forged["sub"] = "mordred".into();
        let forged = base64(forged.to_string());
        let spaced = base64(format!("{} ", pair.header()));
        let zeros = base64([0; 64]);
        // Of an RSA signature's last character four bits mean nothing, of the others' too: they must be zero.
        let mut loose = signature.to_owned();
        let last = loose.pop().expect("a character");
        loose.push(char::from(last as u8 + 1));
        let half = &signature[..signature.len() / 2];
        refused([
            ("another payload", format!("{header}.{forged}.{signature}"), UNSIGNED),
            ("another header", format!("{spaced}.{payload}.{signature}"), UNSIGNED),
            ("zeros", format!("{message}.{zeros}"), UNSIGNED),
            ("half a signature", format!("{message}.{half}"), UNSIGNED),
            ("two signatures", format!("{message}.{signature}{signature}"), UNSIGNED),
            ("loose bits", format!("{message}.{loose}"), UNSIGNED),
            ("padding", format!("{token}=="), UNSIGNED),
            ("trailing bytes", format!("{token}AAAA"), UNSIGNED),
            ("a trailing space", format!("{token} "), UNSIGNED),
            ("a trailing line", format!("{token}\n"), UNSIGNED),
            ("a leading space", format!(" {token}"), UNREADABLE),
            ("padding of the header", format!("{header}=.{payload}.{signature}"), UNREADABLE),
            ("padding of the payload", format!("{header}.{payload}=.{signature}"), UNSIGNED),
            ("a fourth part", format!("{token}.{signature}"), UNSIGNED),
            ("a fourth part that is empty", format!("{token}."), UNSIGNED),
            ("a part before", format!(".{token}"), UNREADABLE),
            ("two parts", message.to_owned(), UNREADABLE),
            ("one part", header.to_owned(), UNREADABLE),
            ("nothing", String::new(), UNREADABLE),
            ("two dots", "..".to_owned(), UNREADABLE),
            ("an encrypted token", format!("{header}.{payload}.{payload}.{payload}.{signature}"), UNSIGNED),
        ]);
    }
}

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
fn a_long_token_is_not_read() {
    let long = claiming("filler", "a".repeat(12_288).into());
    assert!(long.len() > 16 * 1024 && Unchecked::read(&long).is_err());
    refused([("long", long, TOO_LONG), ("long, and no token", "a".repeat(16 * 1024 + 1), TOO_LONG)]);
    refused([("as long as may be", "a".repeat(16 * 1024), UNREADABLE)]);
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
