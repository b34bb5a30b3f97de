//! Keys that come and go, and those that are none.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::pair::base64;
use super::provider::KEYS;
use super::{Answer, NOW, Pair, Provider, at};
use crate::clock::{Clock, ManualClock};
use crate::oauth::oidc::keys::Keys;
use crate::oauth::oidc::{Expected, OpenIdProviders};
use crate::oauth::{Http, OAuthError};

/// A provider, an app that knows it, and time.
struct Scene {
    provider: Provider,
    known: OpenIdProviders,
    http: Http,
    clock: ManualClock,
}

impl Scene {
    async fn with(keys: &[&Pair]) -> Self {
        Self {
            provider: Provider::with(keys).await,
            known: OpenIdProviders::default(),
            http: Http::new(Duration::from_secs(5)).expect("a client"),
            clock: ManualClock::new(NOW),
        }
    }

    fn token(&self, pair: &Pair) -> String {
        pair.token(&pair.header(), &self.claims())
    }

    fn nameless(&self, pair: &Pair) -> String {
        pair.token(&json!({ "alg": pair.algorithm() }), &self.claims())
    }

    fn claims(&self) -> Value {
        let seconds = self.clock.now().seconds();
        json!({
            "iss": self.provider.base, "sub": "arthur", "aud": "camelot", "nonce": "grail",
            "exp": seconds + 60, "iat": seconds,
        })
    }

    async fn verify(&self, token: &str) -> Result<(), OAuthError> {
        let now = self.clock.now();
        let metadata = self.known.metadata(&self.http, at(&self.provider.base), now).await?;
        let expected = Expected { client_id: "camelot", nonce: "grail", access_token: "holy" };
        self.known
            .verify(&self.http, at(&self.provider.base), &metadata, token, &expected, now)
            .await
            .map(|_| ())
    }

    async fn signed_claims(&self, jwt: &str) -> Result<Map<String, Value>, OAuthError> {
        let now = self.clock.now();
        let place = at(&self.provider.base);
        let metadata = self.known.metadata(&self.http, place, now).await?;
        self.known.signed_claims(&self.http, place, &metadata, jwt, now).await
    }

    async fn taken(&self, pair: &Pair) {
        self.verify(&self.token(pair)).await.expect("a good token");
    }

    async fn refused(&self, token: &str) {
        let verdict = self.verify(token).await;
        assert!(matches!(verdict, Err(OAuthError::IdToken(_))), "{verdict:?}");
    }

    fn fetches(&self) -> usize {
        self.provider.count(KEYS)
    }
}

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);
const MICROSECOND: Duration = Duration::from_micros(1);

#[tokio::test]
async fn each_kind_of_key_is_fetched_once() {
    let pairs = [Pair::rsa("excalibur"), Pair::ec("clarent"), Pair::ed("rhongomyniad")];
    let scene = Scene::with(&pairs.each_ref()).await;
    for pair in &pairs {
        scene.taken(pair).await;
        scene.verify(&scene.nameless(pair)).await.expect("good without a key's id");
    }
    assert_eq!(scene.fetches(), 1);
}

#[tokio::test]
async fn new_keys_are_found() {
    let (old, new) = (Pair::ec("excalibur"), Pair::ec("caledfwlch"));
    for token in [Scene::token, Scene::nameless] {
        let scene = Scene::with(&[&old]).await;
        scene.taken(&old).await;
        scene.provider.has(&[&old, &new]);
        scene.refused(&token(&scene, &new)).await;
        assert_eq!(scene.fetches(), 1, "they have just been fetched");
        scene.clock.advance(MINUTE);
        scene.verify(&token(&scene, &new)).await.expect("the new key");
        scene.taken(&old).await;
        assert_eq!(scene.fetches(), 2);
    }
}

#[tokio::test]
async fn a_key_with_a_new_id_is_found_within_a_minute() {
    let (old, new) = (Pair::ec("excalibur"), Pair::ec("caledfwlch"));
    let scene = Scene::with(&[&old]).await;
    scene.taken(&old).await;
    scene.provider.has(&[&old, &new]);
    scene.clock.advance(10 * SECOND - MICROSECOND);
    scene.refused(&scene.token(&new)).await;
    assert_eq!(scene.fetches(), 1);
    scene.clock.advance(MICROSECOND);
    scene.taken(&new).await;
    scene.taken(&old).await;
    assert_eq!(scene.fetches(), 2);
}

/// A provider that replaces a key and keeps its id.
#[tokio::test]
async fn a_key_that_is_replaced_under_its_id_is_found() {
    let (old, new) = (Pair::ec("excalibur"), Pair::ec("excalibur"));
    for token in [Scene::token, Scene::nameless] {
        let scene = Scene::with(&[&old]).await;
        scene.taken(&old).await;
        scene.provider.has(&[&new]);
        scene.clock.advance(MINUTE - SECOND);
        scene.refused(&token(&scene, &new)).await;
        assert_eq!(scene.fetches(), 1);
        scene.clock.advance(SECOND);
        scene.verify(&token(&scene, &new)).await.expect("the key that is published now");
        scene.refused(&token(&scene, &old)).await;
        assert_eq!(scene.fetches(), 2);
    }
}

/// Userinfo may be signed with a newer key than the ID token.
#[tokio::test]
async fn other_signed_answers_find_new_keys_too() {
    let (old, new) = (Pair::ec("excalibur"), Pair::ec("caledfwlch"));
    let scene = Scene::with(&[&old]).await;
    scene.taken(&old).await;
    scene.provider.has(&[&old, &new]);
    scene.clock.advance(10 * SECOND);
    let claims = scene.signed_claims(&scene.token(&new)).await.expect("the new key");
    assert_eq!(claims["sub"], "arthur");
    let mut foreign = scene.claims();
    foreign["iss"] = "https://evil.example".into();
    let foreign = scene.signed_claims(&new.token(&new.header(), &foreign)).await;
    assert!(matches!(foreign, Err(OAuthError::IdToken(_))), "{foreign:?}");
}

/// Where neither keys nor tokens have an id, all keys are tried.
#[tokio::test]
async fn new_keys_without_an_id_are_found() {
    let (old, new) = (Pair::ec("excalibur"), Pair::ec("caledfwlch"));
    let nameless = |pair: &Pair| {
        let mut key = pair.published();
        key.as_object_mut().expect("an object").remove("kid");
        Answer::Json(json!({ "keys": [key] }))
    };
    let scene = Scene::with(&[]).await;
    scene.provider.answers(KEYS, nameless(&old));
    scene.verify(&scene.nameless(&old)).await.expect("the old key");
    scene.refused(&scene.token(&old)).await;
    scene.provider.answers(KEYS, nameless(&new));
    scene.clock.advance(MINUTE);
    scene.verify(&scene.nameless(&new)).await.expect("the new key");
    assert_eq!(scene.fetches(), 2);
}

#[tokio::test]
async fn strangers_cause_one_fetch_in_ten_seconds() {
    let (own, stranger) = (Pair::ec("excalibur"), Pair::ec("mordred"));
    let scene = Scene::with(&[&own]).await;
    scene.taken(&own).await;
    for fetches in 1..8 {
        for _ in 0..5 {
            scene.refused(&scene.token(&stranger)).await;
            scene.taken(&own).await;
            scene.clock.advance(2 * SECOND);
        }
        assert_eq!(scene.fetches(), fetches);
    }
}

#[tokio::test]
async fn bad_signatures_cause_one_fetch_a_minute() {
    let (own, forger) = (Pair::ec("excalibur"), Pair::ec("excalibur"));
    let scene = Scene::with(&[&own]).await;
    scene.taken(&own).await;
    for minute in 1..4 {
        for _ in 0..6 {
            scene.refused(&scene.token(&forger)).await;
            scene.refused(&scene.nameless(&forger)).await;
            scene.taken(&own).await;
            scene.clock.advance(10 * SECOND);
        }
        assert_eq!(scene.fetches(), minute);
    }
    scene.refused("no token").await;
    assert_eq!(scene.fetches(), 3, "what is no token causes none");
}

#[tokio::test]
async fn keys_that_were_withdrawn_stop_working() {
    let (old, new) = (Pair::ec("excalibur"), Pair::ec("caledfwlch"));
    let scene = Scene::with(&[&old]).await;
    scene.taken(&old).await;
    scene.provider.has(&[&new]);
    scene.clock.advance(60 * MINUTE - SECOND);
    scene.taken(&old).await;
    assert_eq!(scene.fetches(), 1);
    scene.clock.advance(SECOND);
    scene.refused(&scene.token(&old)).await;
    scene.taken(&new).await;
    assert_eq!(scene.fetches(), 2);
}

#[tokio::test]
async fn a_new_key_drives_out_the_old_one() {
    let (old, new) = (Pair::ec("excalibur"), Pair::ec("caledfwlch"));
    let scene = Scene::with(&[&old]).await;
    scene.taken(&old).await;
    scene.provider.has(&[&new]);
    scene.clock.advance(MINUTE);
    scene.taken(&new).await;
    scene.refused(&scene.token(&old)).await;
}

#[tokio::test]
async fn a_provider_that_is_down_does_not_matter_for_an_hour() {
    let (own, stranger) = (Pair::ec("excalibur"), Pair::ec("mordred"));
    let scene = Scene::with(&[&own]).await;
    scene.taken(&own).await;
    scene.provider.answers(KEYS, Answer::Status(StatusCode::BAD_GATEWAY));
    scene.clock.advance(MINUTE);
    let verdict = scene.verify(&scene.token(&stranger)).await;
    assert!(matches!(verdict, Err(OAuthError::Failed(_))), "{verdict:?}");
    scene.refused(&scene.token(&stranger)).await;
    assert_eq!(scene.fetches(), 2, "a fetch in vain counts for the minute");
    scene.taken(&own).await;
    scene.clock.advance(59 * MINUTE - SECOND);
    scene.taken(&own).await;
    scene.clock.advance(SECOND);
    let verdict = scene.verify(&scene.token(&own)).await;
    assert!(matches!(verdict, Err(OAuthError::Failed(_))), "{verdict:?}");
    scene.provider.has(&[&own]);
    scene.taken(&own).await;
}

#[tokio::test]
async fn a_clock_that_is_put_back_keeps_no_key_alive() {
    let own = Pair::ec("excalibur");
    let mut scene = Scene::with(&[&own]).await;
    scene.taken(&own).await;
    scene.clock = ManualClock::new(NOW.before(MINUTE));
    scene.taken(&own).await;
    assert_eq!(scene.fetches(), 1, "clocks differ by a little");
    scene.clock = ManualClock::new(NOW.before(24 * 60 * MINUTE));
    scene.taken(&own).await;
    assert_eq!(scene.fetches(), 2);
}

#[tokio::test]
async fn many_strangers_at_once_cause_one_fetch() {
    let (own, new) = (Pair::ec("excalibur"), Pair::ec("caledfwlch"));
    let scene = Scene::with(&[&own]).await;
    scene.taken(&own).await;
    let keys = json!({ "keys": [new.published()] });
    scene.provider.answers(KEYS, Answer::After(Duration::from_millis(200), keys));
    scene.clock.advance(MINUTE);
    let token = scene.token(&new);
    let verdicts = futures_util::future::join_all((0..20).map(|_| scene.verify(&token))).await;
    assert!(verdicts.iter().all(Result::is_ok), "{verdicts:?}");
    assert_eq!(scene.fetches(), 2);
}

#[tokio::test]
async fn what_is_no_set_of_keys_is_a_failure() {
    let own = Pair::ec("excalibur");
    for answer in [
        Answer::Json(json!({})),
        Answer::Json(json!({ "keys": { "excalibur": own.published() } })),
        Answer::Json(json!([own.published()])),
        Answer::Text("keys".to_owned()),
        Answer::Redirect("/elsewhere"),
        Answer::Status(StatusCode::NOT_FOUND),
    ] {
        let scene = Scene::with(&[&own]).await;
        scene.provider.answers("/elsewhere", Answer::Json(json!({ "keys": [own.published()] })));
        scene.provider.answers(KEYS, answer);
        let verdict = scene.verify(&scene.token(&own)).await;
        assert!(matches!(verdict, Err(OAuthError::Failed(_))), "{verdict:?}");
        assert_eq!(scene.provider.count("/elsewhere"), 0);
        scene.provider.has(&[&own]);
        scene.taken(&own).await;
    }
}

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
