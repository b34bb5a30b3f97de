//! The tokens of a provider account: one node renews them at a time, and no refresh token is lost.

use std::time::Duration;

use axum_users::clock::Clock;
use axum_users::manager::{Failure, ManagerError};
use axum_users::oauth::OAuthError;
use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users::user::OAuthAccount;
use axum_users_tests::provider::Fault;
use axum_users_tests::{
    CHEAP, Camelot, CamelotConfig, Faults, Place, RESET_SECRET, SECRET, VERIFY_SECRET, at_once,
    on_each_database, on_each_store,
};
use serde_json::json;

use crate::common::{COMPAT_MODES, OIDC, Scene, again, arthur, backends, config, keys, oidc};

/// How often tokens were renewed since this was asked last.
pub(super) fn renewals(scene: &Scene) -> usize {
    scene.provider.requests().iter().filter(|path| *path == "/token").count()
}

/// A provider's access token, as the app's own code gets it: a good one, as long as the provider gives one.
#[on_each_store]
async fn tokens_are_renewed() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let account = scene.account_of(&scene.signed_in(&arthur()).await).await;
        let first = scene.tokens_of(&account).await.expect("they are opened");
        drop(scene.provider.requests());
        scene.server.clock.advance(HOUR - 2 * MINUTE);
        let same = scene.tokens_of(&account).await.expect("they are opened");
        assert_eq!(same.access_token, first.access_token);
        assert_eq!(scene.provider.requests(), Vec::<String>::new(), "it is good for a while");

        // Each refresh token is good once: what is kept is the new one, as often as it is asked for.
        let mut last = first;
        for _ in 0..3 {
            scene.server.clock.advance(HOUR);
            let renewed = scene.tokens_of(&account).await.expect("they are renewed");
            assert_ne!(renewed.access_token, last.access_token);
            assert_ne!(renewed.refresh_token, last.refresh_token);
            assert_eq!(scene.provider.refresh_tokens(), [renewed.refresh_token.clone().expect("a token")]);
            assert_eq!(renewals(&scene), 1);
            last = renewed;
        }
    }
}

#[on_each_store]
async fn tokens_are_renewed_once() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let account = scene.account_of(&scene.signed_in(&arthur()).await).await;
        scene.server.clock.advance(2 * HOUR);
        drop(scene.provider.requests());
        let camelot = scene.server.camelot.clone();
        let all = at_once(20, |_| {
            let (manager, account) = (Manager::for_code(camelot.clone()), account.clone());
            async move {
                let tokens = manager.provider_tokens(&account).await;
                tokens.map(|tokens| tokens.access_token.clone())
            }
        })
        .await;
        let first = all[0].as_ref().expect("they are renewed");
        assert!(all.iter().all(|token| token.as_ref().is_ok_and(|token| token == first)));
        assert_eq!(renewals(&scene), 1);
    }
}

/// A caller that goes away while the provider is asked takes nothing along: the token that the provider gave is the only
/// one that is still good.
#[on_each_store]
async fn a_caller_that_goes_away() {
    let scene = Scene::new().await;
    let account = scene.account_of(&scene.signed_in(&arthur()).await).await;
    scene.server.clock.advance(2 * HOUR);
    drop(scene.provider.requests());
    let gate = scene.provider.hold("/token");
    let manager = Manager::for_code(scene.server.camelot.clone());
    let asking = tokio::spawn({
        let account = account.clone();
        async move { manager.provider_tokens(&account).await.is_ok() }
    });
    gate.reached().await;
    asking.abort();
    assert!(asking.await.is_err(), "it has gone away");
    gate.open();
    scene.server.camelot.drain().await;
    let tokens = scene.tokens_of(&account).await.expect("they are opened");
    assert_eq!(scene.provider.refresh_tokens(), [tokens.refresh_token.clone().expect("a token")]);
    assert_eq!(renewals(&scene), 1);
}

/// A provider that does not renew says so to the app's own code; nothing is lost by it.
#[on_each_store]
async fn tokens_that_are_not_renewed() {
    let scene = Scene::new().await;
    let account = scene.account_of(&scene.signed_in(&arthur()).await).await;
    scene.server.clock.advance(2 * HOUR);
    let refused = Fault::Answers(400, r#"{"error": "invalid_grant"}"#.to_owned());
    scene.provider.fault("/token", Some(refused));
    let error = scene.tokens_of(&account).await.err();
    assert!(
        matches!(error, Some(ManagerError::Failed(Failure::Provider(OAuthError::Refused(_))))),
        "{error:?}"
    );
    scene.provider.fault("/token", Some(Fault::Answers(503, String::new())));
    let error = scene.tokens_of(&account).await.err();
    assert!(
        matches!(error, Some(ManagerError::Failed(Failure::Provider(OAuthError::Failed(_))))),
        "{error:?}"
    );
    scene.provider.fault("/token", None);
    scene.tokens_of(&account).await.expect("they are renewed");

    // Without a token for it there is nothing to renew: what is there is given.
    let tokens = json!({ "access_token": "an-access-token", "expires_in": 60 });
    scene.provider.fault("/token", Some(Fault::Answers(200, tokens.to_string())));
    scene.server.clock.advance(2 * HOUR);
    let kept = scene.tokens_of(&account).await.expect("they are renewed");
    assert_eq!(kept.access_token, "an-access-token");
    assert!(kept.refresh_token.is_some(), "the one that it gave stays");
}

/// Another node of the app, on the same database and by the same clock.
pub(super) async fn other_node(scene: &Scene, compat: Compat, timeout: Duration) -> Camelot {
    faulty_node(scene, compat, timeout, None).await
}

/// The same, whose store fails as `faults` says.
pub(super) async fn faulty_node(
    scene: &Scene,
    compat: Compat,
    timeout: Duration,
    faults: Option<Faults>,
) -> Camelot {
    let setup = Camelot::builder()
        .database(Place { faults, ..Place::default() })
        .hasher(CHEAP)
        .compat(compat)
        .clock(scene.server.clock.clone())
        .oauth(config().timeout(timeout))
        .oauth_provider(OIDC, oidc(&scene.provider).with_credentials(keys()), backends());
    let config = CamelotConfig {
        database: scene.server.database.config(),
        secret: SECRET.into(),
        reset_password_token_secret: RESET_SECRET.into(),
        verification_token_secret: VERIFY_SECRET.into(),
    };
    setup.start(config).await.expect("the app starts")
}

pub(super) async fn access_token(
    camelot: &Camelot,
    account: &OAuthAccount<Uuid>,
) -> Result<String, ManagerError> {
    let tokens = Manager::for_code(camelot.clone()).provider_tokens(account).await;
    tokens.map(|tokens| tokens.access_token.clone())
}

/// F62: a provider may take the second use of a refresh token for theft. Of two nodes, one asks, and both have its answer.
#[on_each_store]
async fn two_nodes_renew_tokens_once() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let account = scene.account_of(&scene.signed_in(&arthur()).await).await;
        let nodes = [scene.server.camelot.clone(), other_node(&scene, compat, Duration::from_secs(10)).await];
        for _ in 0..3 {
            scene.server.clock.advance(2 * HOUR);
            drop(scene.provider.requests());
            let gate = scene.provider.hold("/token");
            let asking = at_once(20, |n| {
                let (node, account) = (nodes[n % 2].clone(), account.clone());
                async move { access_token(&node, &account).await }
            });
            let opening = async {
                gate.reached().await;
                assert_eq!(again(&scene, &account).await.expires_at, None, "the token has expired");
                gate.open();
            };
            let (all, ()) = tokio::join!(asking, opening);
            scene.provider.fault("/token", None);
            let first = all[0].as_ref().expect("they are renewed");
            assert!(all.iter().all(|token| token.as_ref().is_ok_and(|token| token == first)), "F62");
            assert_eq!(renewals(&scene), 1, "F62");
            let stored = again(&scene, &account).await;
            assert!(stored.expires_at.is_some_and(|end| end > 0), "{:?}", stored.expires_at);
        }
    }
}

/// A provider that refuses leaves the turn to the next one at once.
#[on_each_store]
async fn a_turn_to_renew_is_given_back() {
    let scene = Scene::new().await;
    let account = scene.account_of(&scene.signed_in(&arthur()).await).await;
    let nodes =
        [scene.server.camelot.clone(), other_node(&scene, Compat::None, Duration::from_secs(10)).await];
    scene.server.clock.advance(2 * HOUR);
    scene.provider.fault("/token", Some(Fault::Answers(503, String::new())));
    for node in &nodes {
        let error = access_token(node, &account).await.err();
        assert!(
            matches!(error, Some(ManagerError::Failed(Failure::Provider(OAuthError::Failed(_))))),
            "{error:?}"
        );
    }
    assert_eq!(again(&scene, &account).await, account, "nothing lasts");
    scene.provider.fault("/token", None);
    access_token(&nodes[1], &account).await.expect("they are renewed");
}

/// A node that dies while it asks keeps its turn for a while, and nobody waits for it without end.
#[on_each_database]
async fn a_turn_to_renew_ends() {
    let scene = Scene::new().await;
    let account = scene.account_of(&scene.signed_in(&arthur()).await).await;
    let node = other_node(&scene, Compat::None, Duration::from_millis(500)).await;
    scene.server.clock.advance(2 * HOUR);
    let until = scene.server.clock.now().seconds() + 20;
    scene.server.database.execute(&format!("UPDATE oauth_account SET expires_at = -{until}"));
    drop(scene.provider.requests());
    let error = access_token(&node, &account).await.err();
    assert!(
        matches!(error, Some(ManagerError::Failed(Failure::Provider(OAuthError::Failed(_))))),
        "{error:?}"
    );
    assert_eq!(renewals(&scene), 0);
    scene.server.clock.advance(Duration::from_secs(20));
    access_token(&node, &account).await.expect("they are renewed");
    assert_eq!(renewals(&scene), 1);
}

/// The refresh token of an account, in plaintext.
pub(super) async fn refresh_token(scene: &Scene, account: &OAuthAccount<Uuid>) -> String {
    let tokens = scene.tokens_of(account).await.expect("they are opened");
    tokens.refresh_token.clone().expect("a refresh token")
}

/// An app whose only account has tokens that have expired, and whose users can still log in.
pub(super) async fn expired(compat: Compat) -> (Scene, OAuthAccount<Uuid>) {
    let scene = Scene::in_layout(compat).await;
    // The provider's clock is the machine's.
    scene.provider.claims(json!({ "exp": i32::MAX }));
    let account = scene.account_of(&scene.signed_in(&arthur()).await).await;
    scene.server.clock.advance(2 * HOUR);
    (scene, account)
}
