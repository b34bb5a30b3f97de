//! One row an attack: each token is right but for one thing, and is refused for that.

mod claims;
mod form;
mod signatures;

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::pair::base64;
use super::{NOW, Pair};
use crate::oauth::OAuthError;
use crate::oauth::oidc::id_token::{Expected, Unchecked};
use crate::oauth::oidc::issuer::Names;
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
        signed.claims(&Names::new(ISSUER, ISSUER).expect("one issuer"), &EXPECTED, NOW)
    };
    read().map_err(|error| match error {
        // The issuers that were expected and found follow the reason.
        OAuthError::IdToken(why) => why.split(": ").next().expect("a reason").to_owned(),
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
