//! Sets of keys: when they are fetched, and keys that come and go.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::provider::KEYS;
use super::{Answer, NOW, Pair, Provider, at};
use crate::clock::{Clock, ManualClock};
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
