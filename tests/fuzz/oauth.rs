//! Signing in with other services: what a browser brings back, and what a provider says.

use axum::body::Body;
use axum::http::Request;
use axum_users::app::ProviderName;
use axum_users::oauth::OAuthConfig;
use axum_users::prelude::*;
use axum_users_tests::provider::{CLIENT_ID, CLIENT_SECRET, Fault, Provider, query};
use axum_users_tests::{Camelot, Options};
use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::app::{ARTHUR, Answer, App};
use crate::cases::{almost, check, json as any_json, text};

const OAUTH_SECRET: &str = "siege-perilous-siege-perilous-siege-perilous";
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// An app, and the provider that its users come from.
struct Scene {
    provider: Provider,
    app: App,
}

/// A browser at the provider.
struct Trip {
    state: String,
    cookie: String,
    url: String,
}

impl Scene {
    fn start() -> Self {
        let elsewhere = tokio::runtime::Runtime::new().expect("a runtime");
        let provider = elsewhere.block_on(Provider::start());
        // It serves until the process ends.
        std::thread::spawn(move || elsewhere.block_on(std::future::pending::<()>()));
        let client = Oidc::new(provider.url.clone()).account_linking(AccountLinking::VerifiedEmail);
        let client = client.with_credentials(OAuthCredentials::new(CLIENT_ID, CLIENT_SECRET));
        let app = App::of(Options::default(), |setup| {
            setup.oauth(OAuthConfig::new("https://camelot.bt", OAUTH_SECRET)).oauth_provider(
                ProviderName::new("oidc"),
                client,
                [Camelot::JWT],
            )
        });
        Self { provider, app }
    }

    fn get(&self, address: &str, cookie: &str) -> Option<Answer> {
        let request = Request::get(address).header("cookie", cookie).body(Body::empty());
        request.ok().map(|request| self.app.ask(request))
    }

    fn trip(&self) -> Option<Trip> {
        let answer = self.get("/auth/oidc/authorize", "a=b")?;
        let url = answer.json["authorization_url"].as_str()?.to_owned();
        let cookie = answer.headers.get("set-cookie")?.to_str().ok()?.split(';').next()?.to_owned();
        Some(Trip { state: query(&url).get("state")?.clone(), cookie, url })
    }

    /// Somebody comes back from the provider.
    fn sign_in(&self, user: &Value) -> Option<Answer> {
        let trip = self.trip()?;
        let code = self.provider.sign_in(&trip.url, user);
        self.get(&format!("/auth/oidc/callback?code={code}&state={}", trip.state), &trip.cookie)
    }
}

/// F65: whatever a browser brings back, without a state of its own the provider is asked nothing.
#[test]
fn a_query_may_say_anything() {
    let scene = Scene::start();
    let trip = scene.trip().expect("it starts");
    drop(scene.provider.requests());
    let name = prop_oneof![
        8 => prop::sample::select(vec!["code", "state", "error", "iss", "user", "next"]).prop_map(str::to_owned),
        1 => text(),
    ];
    let states = prop_oneof![text(), almost(&["a.b.c", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30."])];
    let pairs = vec((name, states), 0..6);
    check(
        1_000,
        &(pairs, any::<bool>(), almost(&["code=a&state=b", "state=%ff%00", "state[]=a;code"])),
        |(pairs, raw, text)| {
            let query = if raw {
                text
            } else {
                url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish()
            };
            let Some(answer) = scene.get(&format!("/auth/oidc/callback?{query}"), &trip.cookie) else {
                return;
            };
            assert_eq!(answer.status, 400, "{query}: {answer:?}");
            assert_eq!(scene.provider.requests(), Vec::<String>::new(), "{query}");
        },
    );
}

/// F65: a state that is changed anywhere is none.
#[test]
fn a_changed_state_is_none() {
    let scene = Scene::start();
    let trip = scene.trip().expect("it starts");
    drop(scene.provider.requests());
    let by = "[A-Za-z0-9_.-]".prop_map(|text| text.chars().next().expect("one"));
    check(600, &(any::<prop::sample::Index>(), by), |(place, by)| {
        let mut state = trip.state.chars().collect::<Vec<_>>();
        let at = place.index(state.len());
        if std::mem::replace(&mut state[at], by) == by {
            return;
        }
        let state = state.into_iter().collect::<String>();
        let answer = scene.get(&format!("/auth/oidc/callback?code=x&state={state}"), &trip.cookie);
        assert_eq!(answer.expect("an address").status, 400, "{state} for {}", trip.state);
        assert_eq!(scene.provider.requests(), Vec::<String>::new(), "{state}");
    });
    // None of them has used it up.
    let code =
        scene.provider.sign_in(&trip.url, &json!({ "sub": "1", "email": ARTHUR, "email_verified": true }));
    let answer = scene.get(&format!("/auth/oidc/callback?code={code}&state={}", trip.state), &trip.cookie);
    assert_eq!(answer.expect("an address").status, 200);
}

/// What an object of a provider's says in place of the usual, in `count` of its members.
fn members(names: &'static [&'static str], count: std::ops::Range<usize>) -> impl Strategy<Value = Value> {
    let value = prop_oneof![any_json(), almost(&["EdDSA", "camelot", "key-0"]).prop_map(Value::from)];
    let members = vec((prop::sample::select(names), value), count);
    members.prop_map(|members| json!(members.into_iter().collect::<BTreeMap<_, _>>()))
}

/// Someone at the provider.
fn mordred() -> Value {
    json!({ "sub": "mordred", "email": "mordred@camelot.bt", "email_verified": true })
}

/// F67, F71: whatever an ID token says, it is of this provider for this app, or nobody comes in.
#[test]
fn an_id_token_may_say_anything() {
    const CLAIMS: [&str; 12] = [
        "iss",
        "aud",
        "azp",
        "exp",
        "iat",
        "nbf",
        "nonce",
        "sub",
        "at_hash",
        "email",
        "email_verified",
        "name",
    ];
    let scene = Scene::start();
    const HEADER: [&str; 5] = ["alg", "kid", "typ", "crit", "jwk"];
    let cases = prop_oneof![
        4 => (members(&CLAIMS, 1..2), Just(json!({}))),
        2 => (Just(json!({})), members(&HEADER, 1..2)),
        1 => (members(&CLAIMS, 0..5), members(&HEADER, 0..3)),
    ];
    assert_eq!(scene.sign_in(&mordred()).expect("an answer").status, 200);
    check(400, &cases, |(claims, header)| {
        scene.provider.claims(claims.clone());
        scene.provider.header(header.clone());
        let answer = scene.sign_in(&mordred()).expect("an answer");
        let status = answer.status.as_u16();
        assert!([200, 400, 502].contains(&status), "{claims} {header}: {answer:?}");
        for required in ["iss", "nonce"] {
            let is_other = claims.get(required).is_some();
            assert!(!is_other || status != 200, "{claims} {header}: {answer:?}");
        }
        let is_own = |alg: &Value| alg == "EdDSA" || alg == "Ed25519";
        assert!(header.get("alg").is_none_or(is_own) || status != 200, "{claims} {header}");
    });
}

/// F71: answers that are none, at each address of a provider's.
#[test]
fn a_provider_may_answer_anything() {
    const ANSWERS: [&str; 4] = [
        r#"{"access_token": "a", "token_type": "Bearer", "expires_in": 3600, "id_token": "a.b.c"}"#,
        r#"{"sub": "1", "email": "arthur@camelot.bt", "email_verified": true}"#,
        r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "key-0", "x": "AAAA"}, {"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}"#,
        r#"{"issuer": "http://127.0.0.1:1", "authorization_endpoint": "http://127.0.0.1:1/a", "token_endpoint": "file:///x", "jwks_uri": "//x"}"#,
    ];
    let scene = Scene::start();
    let paths = prop::sample::select(vec!["/token", "/userinfo", "/jwks", DISCOVERY]);
    let status = prop_oneof![4 => Just(200_u16), 1 => prop::sample::select(vec![201, 204, 302, 304, 400, 401, 429, 500])];
    let body =
        prop_oneof![4 => almost(&ANSWERS), 1 => any_json().prop_map(|json| json.to_string()), 1 => text()];
    check(250, &(paths, status, body), |(path, status, body)| {
        scene.provider.claims(json!({ "email": null }));
        // What was published an hour ago is fetched anew.
        scene.app.server.clock.advance(2 * HOUR);
        let now = axum_users::clock::Clock::now(&scene.app.server.clock).seconds();
        scene.provider.claims(json!({ "email": null, "iat": now, "exp": now + 300 }));
        let users = scene.app.users().len();
        scene.provider.fault(path, Some(Fault::Answers(status, body.clone())));
        if let Some(answer) = scene.sign_in(&mordred()) {
            let status = answer.status.as_u16();
            assert!([200, 400, 502].contains(&status), "{path}: {status} {body}: {answer:?}");
            let more = scene.app.users().len() - users;
            assert!(more == 0 || status == 200, "{path}: {body}: {answer:?}");
            assert!(path != "/token" || status != 200, "{body}: {answer:?}");
        }
        scene.provider.fault(path, None);
    });
}
