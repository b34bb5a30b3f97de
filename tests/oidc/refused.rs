//! What goes wrong at the provider, and what of it the app answers.

use axum_users::prelude::*;
use axum_users_tests::oidc_provider::{CLIENT_ID, OidcProvider};
use serde_json::json;
use url::Url;

use crate::common::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn who_says_no_is_led_back() {
    let Some(scene) = Scene::new().await else { return };
    let arthur = scene.visitor("arthur");
    let answer = arthur.cancel(&format!("{}{}", scene.url, crate::common::SIGN_IN)).await;
    assert_eq!((answer.url.path(), answer.url.query()), ("/sorry", Some("error=OAUTH_REFUSED")));
    assert_eq!(arthur.client.get("/users/me").await.status, 401);
    // And may think better of it.
    assert_eq!(scene.sign_in(&arthur).await.url.path(), "/account");
}

/// That is for those who run the app, and no user can help it.
#[tokio::test(flavor = "multi_thread")]
async fn keys_that_the_provider_does_not_know_are_the_app_s_own_fault() {
    let Some(provider) = OidcProvider::start() else { return };
    let scene = Scene::with(provider, OAuthCredentials::new(CLIENT_ID, "the-sword-in-the-stone")).await;
    let answer = scene.sign_in(&scene.visitor("arthur")).await;
    assert_eq!((answer.url.path(), answer.url.query()), ("/sorry", Some("error=OAUTH_PROVIDER_FAILED")));
    assert_eq!(scene.provider.refusal(), "invalid_client: invalid secret provided");
}

/// The provider holds the app to the proof that its code goes to whoever asked for it.
#[tokio::test(flavor = "multi_thread")]
async fn without_its_proof_a_code_is_worth_nothing() {
    let Some(scene) = Scene::new().await else { return };
    let foreign = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    for (challenge, refusal) in [
        (None, "invalid_request: Authorization Server policy requires PKCE to be used for this request"),
        (Some(foreign), "invalid_grant: PKCE verification failed"),
    ] {
        let arthur = scene.visitor("arthur");
        let answer = arthur.client.get("/auth/oidc/authorize").await;
        let url = Url::parse(answer.json["authorization_url"].as_str().expect("an address"));
        let url = url.expect("an address");
        let mut changed = url.clone();
        let others = url.query_pairs().filter(|(name, _)| !name.starts_with("code_challenge"));
        let mut query = changed.query_pairs_mut();
        query.clear().extend_pairs(others);
        if let Some(challenge) = challenge {
            query.append_pair("code_challenge", challenge).append_pair("code_challenge_method", "S256");
        }
        drop(query);
        arthur.open(changed.as_str()).await.refuses(400, json!("OAUTH_REFUSED"));
        assert_eq!(scene.provider.refusal(), refusal);
    }
}
