//! F68: a code is good for the browser that asked for it (PKCE, RFC 7636), always by S256.

use axum_users_tests::on_each_store;
use axum_users_tests::provider::query;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::common::{ASSOCIATE, COMPAT_MODES, COOKIE_PLACE, PLACE, Scene, accounts_of, arthur, knight};

#[on_each_store]
async fn the_verifier_stays_at_the_app() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let lancelot = scene.registered("lancelot@camelot.bt").await;
        let mut verifiers = Vec::new();
        for (client, place) in
            [(&scene.server.client(), PLACE), (&scene.server.client(), COOKIE_PLACE), (&lancelot, ASSOCIATE)]
        {
            let trip = scene.start(client, place).await;
            let asked = query(&trip.url);
            assert_eq!(asked["code_challenge_method"], "S256", "F68: {place}");
            let code = scene.provider.sign_in(&trip.url, &knight(&place.replace('/', "-")));
            let answer = trip.back(&code).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            let forms = scene.provider.forms();
            let [form] = &forms[..] else { panic!("not one request: {forms:?}") };
            let verifier = form["code_verifier"].clone();
            assert_eq!(URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier)), asked["code_challenge"]);
            assert!(verifier.len() >= 43, "RFC 7636, 4.1");
            for (what, seen) in
                [("the address", &trip.url), ("the cookie", &trip.cookie), ("the answer", &answer.shown())]
            {
                assert!(!seen.contains(&verifier), "F68: the verifier in {what} of {place}");
            }
            verifiers.push(verifier);
        }
        verifiers.sort();
        verifiers.dedup();
        assert_eq!(verifiers.len(), 3, "F68: one for each");
    }
}

/// Whoever gets hold of a victim's code has a browser, a state and a cookie of their own.
#[on_each_store]
async fn a_code_of_another_browser() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let victims = scene.start(&scene.server.client(), PLACE).await;
        let code = scene.provider.sign_in(&victims.url, &arthur());
        let attackers = scene.start(&scene.server.client(), PLACE).await;
        drop(scene.provider.requests());
        attackers.back(&code).await.refuses(400, json!("OAUTH_REFUSED"));
        assert_eq!(scene.provider.requests(), ["/token"], "F68: the provider says no");
        assert_eq!(scene.server.database.rows(), []);
    }
}

/// The same with a session: an attacker's code must not become a victim's account.
#[on_each_store]
async fn a_code_of_another_browser_for_an_association() {
    let scene = Scene::new().await;
    let lancelot = scene.registered("lancelot@camelot.bt").await;
    let theirs = scene.start(&scene.registered("mordred@camelot.bt").await, ASSOCIATE).await;
    let code = scene.provider.sign_in(&theirs.url, &knight("mordred"));
    let own = scene.start(&lancelot, ASSOCIATE).await;
    own.back(&code).await.refuses(400, json!("OAUTH_REFUSED"));
    assert_eq!(accounts_of(&lancelot).await, []);
}
