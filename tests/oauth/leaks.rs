//! Promise 10, with other services: no code, token, verifier or secret appears in a log, or in an answer but the one that
//! is meant to carry it.

use axum_users::prelude::*;
use axum_users_tests::provider::{CLIENT_SECRET, Fault};
use axum_users_tests::{Answer, Client, has_own_process, on_each_store, trace_everything, traced, untraced};
use serde_json::{Value, json};

use crate::common::{ASSOCIATE, COMPAT_MODES, COOKIE_PLACE, OAUTH_SECRET, PLACE, Scene, arthur, knight};

/// What has been said and answered so far.
#[derive(Default)]
struct Story {
    secrets: Vec<String>,
    answers: Vec<Answer>,
}

impl Story {
    /// A trip that is tried twice. Its cookie and its verifier are secrets.
    async fn trip(&mut self, scene: &Scene, client: &Client, place: &str, user: &Value) {
        let trip = scene.start(client, place).await;
        self.secrets.push(trip.browser().to_owned());
        let code = scene.provider.sign_in(&trip.url, user);
        for _ in 0..2 {
            self.answers.push(trip.back(&code).await);
        }
        let verifiers =
            scene.provider.forms().into_iter().filter_map(|mut form| form.remove("code_verifier"));
        self.secrets.extend(verifiers);
    }
}

#[on_each_store]
async fn a_life_with_other_services_leaks_nothing() {
    if !has_own_process() {
        return;
    }
    trace_everything();
    let mut story = Story::default();
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let lancelot = scene.registered("lancelot@camelot.bt").await;
        for place in [PLACE, COOKIE_PLACE, ASSOCIATE] {
            story.trip(&scene, &lancelot, place, &knight(&place.replace('/', "-"))).await;
        }
        // All that can go wrong, with the provider telling what it was told.
        let told =
            |scene: &Scene| json!({ "error": "x", "error_description": scene.provider.secrets().join(" ") });
        for path in ["/token", "/userinfo", "/jwks"] {
            for status in [200, 400, 401, 500] {
                scene.provider.claims(json!({ "email": null }));
                scene.provider.fault(path, Some(Fault::Answers(status, told(&scene).to_string())));
                story.trip(&scene, &lancelot, PLACE, &arthur()).await;
            }
            scene.provider.fault(path, Some(Fault::Redirects(format!("{}/elsewhere", scene.provider.url))));
            story.trip(&scene, &lancelot, PLACE, &arthur()).await;
            scene.provider.fault(path, None);
        }
        for claims in [json!({ "nonce": "x" }), json!({ "aud": "x" }), json!({ "email": "x y z" })] {
            scene.provider.claims(claims);
            story.trip(&scene, &lancelot, PLACE, &arthur()).await;
        }
        scene.provider.claims(json!({}));

        let client = scene.signed_in(&arthur()).await;
        let account = scene.account_of(&client).await;
        assert!(!format!("{account:?}").contains(&account.access_token));
        story.secrets.extend([account.access_token.clone(), account.refresh_token.clone().expect("a token")]);
        scene.provider.fault("/revoke", Some(Fault::Answers(400, told(&scene).to_string())));
        for path in ["/users/me", "/users/me/oauth-accounts"] {
            story.answers.push(client.get(path).await);
        }
        let linked = scene.account_of(&lancelot).await;
        story.answers.push(lancelot.delete(&format!("/users/me/oauth-accounts/{}", linked.id)).await);
        for fault in [None, Some(Fault::Answers(400, told(&scene).to_string()))] {
            scene.server.clock.advance(HOUR);
            scene.provider.fault("/token", fault);
            scene.tokens_of(&account).await.err().inspect(|error| {
                let shown = format!("{error:?} {error}");
                assert!(scene.provider.secrets().iter().all(|secret| !shown.contains(secret)), "{shown}");
            });
        }
        scene.server.camelot.drain().await;
        story.secrets.extend(scene.provider.secrets());
    }
    story.secrets.extend([OAUTH_SECRET, CLIENT_SECRET].map(str::to_owned));
    // What is held back was there to be seen: the story is told, without its secrets.
    let traced = traced();
    for event in [
        "signed_in",
        "account_unlinked",
        "a provider refused",
        "a provider failed",
        "an ID token was refused",
    ] {
        assert!(traced.contains(event), "nothing is traced of `{event}`");
    }
    untraced(story.secrets.iter().map(String::as_str));
    for answer in &story.answers {
        for secret in &story.secrets {
            assert!(!answer.shown().contains(secret), "answered: {}", answer.shown());
        }
    }
}
