//! The provider's tokens: renewed when they expire, and signed by keys that change.

use std::time::Duration;

use axum_users::oauth::ProviderTokens;
use axum_users::prelude::*;
use axum_users_tests::on_each_store;
use serde_json::json;

use crate::common::Scene;

/// The tokens of a user's only account.
pub(crate) async fn tokens_of(scene: &Scene, email: &str) -> ProviderTokens {
    let manager = Manager::for_code(scene.server.camelot.clone());
    let user = manager.user_by_email(&email.parse().expect("an address")).await.expect("storage answers");
    let accounts = manager.oauth_accounts(&user.expect("a user")).await.expect("storage answers");
    let [account] = &accounts[..] else { panic!("not one account: {accounts:?}") };
    manager.provider_tokens(account).await.expect("the provider's tokens")
}

#[on_each_store]
async fn an_expired_token_is_renewed_once() {
    let Some(scene) = Scene::new().await else { return };
    scene.signed_in("arthur").await;
    let first = tokens_of(&scene, "arthur@camelot.bt").await;
    assert_eq!(tokens_of(&scene, "arthur@camelot.bt").await.access_token, first.access_token);

    // To the provider, a token for renewing that comes twice is stolen: it ends all of them.
    for _ in 0..2 {
        let before = tokens_of(&scene, "arthur@camelot.bt").await;
        scene.server.clock.advance(Duration::from_secs(3600));
        let all =
            futures_util::future::join_all((0..4).map(|_| tokens_of(&scene, "arthur@camelot.bt"))).await;
        for tokens in &all {
            assert_eq!(tokens.access_token, all[0].access_token);
            assert_ne!(tokens.access_token, before.access_token);
            assert_ne!(tokens.refresh_token, before.refresh_token);
            assert!(scene.provider.takes(&tokens.access_token).await);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn new_keys_of_the_provider_are_fetched() {
    let Some(scene) = Scene::new().await else { return };
    scene.signed_in("arthur").await;
    scene.provider.rotate().await;
    // A provider is asked once a minute, whoever comes with whichever token.
    let answer = scene.sign_in(&scene.visitor("arthur")).await;
    assert_eq!((answer.url.path(), answer.url.query()), ("/sorry", Some("error=OAUTH_INVALID_ID_TOKEN")));
    scene.server.clock.advance(Duration::from_secs(60));
    let arthur = scene.signed_in("arthur").await;
    assert_eq!(arthur.client.get("/users/me").await.json["email"], json!("arthur@camelot.bt"));
}
