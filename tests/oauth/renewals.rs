//! The tokens of a provider account: one node renews them at a time, and no refresh token is lost.

use std::sync::Arc;
use std::time::Duration;

use axum_users::clock::Clock;
use axum_users::hooks::{HookResult, Hooks, RequestInfo};
use axum_users::manager::{Failure, ManagerError};
use axum_users::oauth::OAuthError;
use axum_users::prelude::*;
use axum_users::store::{Compat, StoreError};
use axum_users::user::OAuthAccount;
use axum_users_tests::provider::{Fault, Provider};
use axum_users_tests::{
    CHEAP, Camelot, CamelotConfig, Fault as StoreFault, Faults, Options, Place, RESET_SECRET, SECRET, User,
    VERIFY_SECRET, at_once, on_each_database, on_each_store,
};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::common::{
    ASSOCIATE, COMPAT_MODES, OIDC, Scene, again, arthur, backends, clients, config, keys, oidc,
};

/// How often tokens were renewed since this was asked last.
fn renewals(scene: &Scene) -> usize {
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
    scene.server.camelot.finished().await;
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
async fn other_node(scene: &Scene, compat: Compat, timeout: Duration) -> Camelot {
    faulty_node(scene, compat, timeout, None).await
}

/// The same, whose store fails as `faults` says.
async fn faulty_node(scene: &Scene, compat: Compat, timeout: Duration, faults: Option<Faults>) -> Camelot {
    let setup = Camelot::setup()
        .database(Place { faults, ..Place })
        .hasher(CHEAP)
        .compat(compat)
        .clock(scene.server.clock.clone())
        .oauth(config().timeout(timeout))
        .oauth_client(OIDC, oidc(&scene.provider).with_keys(keys()), backends());
    let config = CamelotConfig {
        database: scene.server.database.config(),
        secret: SECRET.into(),
        reset_password_token_secret: RESET_SECRET.into(),
        verification_token_secret: VERIFY_SECRET.into(),
    };
    setup.start(config).await.expect("the app starts")
}

async fn access_token(camelot: &Camelot, account: &OAuthAccount<Uuid>) -> Result<String, ManagerError> {
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
async fn refresh_token(scene: &Scene, account: &OAuthAccount<Uuid>) -> String {
    let tokens = scene.tokens_of(account).await.expect("they are opened");
    tokens.refresh_token.clone().expect("a refresh token")
}

/// An app whose only account has tokens that have expired, and whose users can still log in.
async fn expired(compat: Compat) -> (Scene, OAuthAccount<Uuid>) {
    let scene = Scene::in_layout(compat).await;
    // The provider's clock is the machine's.
    scene.provider.claims(json!({ "exp": i32::MAX }));
    let account = scene.account_of(&scene.signed_in(&arthur()).await).await;
    scene.server.clock.advance(2 * HOUR);
    (scene, account)
}

/// The provider has consumed the stored refresh token and its response is on the way when the user logs in.
#[on_each_store]
async fn a_login_during_a_renewal_loses_no_refresh_token() {
    for compat in COMPAT_MODES {
        for is_issued_at_login in [false, true] {
            let (scene, account) = expired(compat).await;
            scene.provider.issue_refresh_tokens_at_login(is_issued_at_login);
            let gate = scene.provider.hold("/token");
            let renewal = tokio::spawn({
                let (camelot, account) = (scene.server.camelot.clone(), account.clone());
                async move { access_token(&camelot, &account).await }
            });
            gate.reached().await;
            scene.provider.fault("/token", None);
            scene.signed_in(&arthur()).await;
            let of_login = again(&scene, &account).await;
            gate.open();
            let renewed = renewal.await.expect("no panic").expect("they are renewed");
            let stored = again(&scene, &account).await;
            assert_eq!(stored.access_token, of_login.access_token, "{compat:?}: the last login counts");
            assert_eq!(stored.expires_at, of_login.expires_at);
            assert_ne!(scene.tokens_of(&account).await.expect("they are opened").access_token, renewed);
            let kept = refresh_token(&scene, &account).await;
            assert!(scene.provider.refresh_tokens().contains(&kept), "{compat:?}: it has been consumed");
            let is_of_login = stored.refresh_token == of_login.refresh_token;
            assert_eq!(is_of_login, is_issued_at_login, "{compat:?}");
            // The next renewal works.
            scene.server.clock.advance(2 * HOUR);
            access_token(&scene.server.camelot, &account).await.expect("they are renewed");
        }
    }
}

/// Logins without a refresh token, and renewals by two nodes, at the same moment and in any order.
#[on_each_store]
async fn logins_and_renewals_at_once_lose_no_refresh_token() {
    for compat in COMPAT_MODES {
        let (scene, account) = expired(compat).await;
        scene.provider.issue_refresh_tokens_at_login(false);
        let scene = Arc::new(scene);
        let other = other_node(&scene, compat, Duration::from_secs(10)).await;
        for _ in 0..10 {
            at_once(6, |n| {
                let (scene, account) = (Arc::clone(&scene), account.clone());
                let node = if n % 2 == 0 { &scene.server.camelot } else { &other }.clone();
                async move {
                    if n < 3 {
                        access_token(&node, &account).await.map(drop).expect("they are renewed");
                    } else {
                        scene.signed_in(&arthur()).await;
                    }
                }
            })
            .await;
            let kept = refresh_token(&scene, &account).await;
            assert_eq!(scene.provider.refresh_tokens(), [kept], "{compat:?}");
            scene.server.clock.advance(2 * HOUR);
        }
    }
}

/// Another node may renew the tokens then, and would send the same refresh token.
#[on_each_store]
async fn a_node_stops_storing_renewed_tokens_before_its_turn_ends() {
    for compat in COMPAT_MODES {
        let (scene, account) = expired(compat).await;
        let (faults, timeout) = (Faults::default(), Duration::from_secs(2));
        let node = faulty_node(&scene, compat, timeout, Some(faults.clone())).await;
        let gate = scene.provider.hold("/token");
        let renewal = tokio::spawn({
            let account = account.clone();
            async move { access_token(&node, &account).await }
        });
        gate.reached().await;
        faults.strike(0, StoreFault::IsGone);
        gate.open();
        // It has tried two or three times, and goes on for four seconds.
        tokio::time::sleep(Duration::from_millis(600)).await;
        // Its turn is for the provider's two responses, and twenty seconds.
        scene.server.clock.advance(2 * timeout + Duration::from_secs(20));
        faults.strike(0, StoreFault::IsGone);
        let error = renewal.await.expect("no panic").err();
        let is_unavailable =
            matches!(error, Some(ManagerError::Failed(Failure::Store(StoreError::Unavailable(_)))));
        assert!(is_unavailable, "{error:?}");
        // It gives its turn back, or tries to, and stores nothing.
        assert_eq!(faults.calls(), ["begin"], "{compat:?}");
    }
}

/// A database that comes back in time gets the tokens.
#[on_each_store]
async fn renewed_tokens_are_stored_when_the_database_is_back() {
    let (scene, account) = expired(Compat::None).await;
    let faults = Faults::default();
    let node = faulty_node(&scene, Compat::None, Duration::from_secs(2), Some(faults.clone())).await;
    let gate = scene.provider.hold("/token");
    let renewal = tokio::spawn({
        let account = account.clone();
        async move { access_token(&node, &account).await }
    });
    gate.reached().await;
    faults.strike(0, StoreFault::IsGone);
    gate.open();
    tokio::time::sleep(Duration::from_millis(600)).await;
    scene.server.clock.advance(Duration::from_secs(10));
    assert!(faults.calls().len() > 1, "it has tried");
    let renewed = renewal.await.expect("no panic").expect("they are renewed");
    assert_eq!(scene.tokens_of(&account).await.expect("they are opened").access_token, renewed);
}

/// Sends the expiry of the account that the hook receives.
struct OnUnlink(UnboundedSender<Option<i64>>);

impl Hooks<User> for OnUnlink {
    async fn on_after_oauth_unlink(
        &self,
        _: &User,
        account: &OAuthAccount<Uuid>,
        _: &RequestInfo,
    ) -> HookResult {
        self.0.send(account.expires_at)?;
        Ok(())
    }
}

/// The turn of a node is a number in the column `expires_at`, which is no time for anybody else.
#[on_each_store]
async fn the_turn_of_a_node_is_shown_to_nobody() {
    for compat in COMPAT_MODES {
        let (sender, mut told) = unbounded_channel();
        let hooks = |provider: &Provider, setup| clients(provider, setup).hooks(OnUnlink(sender));
        let scene = Scene::of(Options { compat, ..Options::default() }, hooks).await;
        let lancelot = scene.registered("lancelot@camelot.bt").await;
        assert_eq!(scene.trip(&lancelot, ASSOCIATE, &arthur()).await.status, 200);
        let account = scene.account_of(&lancelot).await;
        assert!(account.expires_at.is_some_and(|end| end > scene.server.clock.now().seconds()));
        // The access token is about to expire, and no session is.
        scene.server.clock.advance(HOUR - MINUTE);
        let gate = scene.provider.hold("/token");
        let renewal = tokio::spawn({
            let (camelot, account) = (scene.server.camelot.clone(), account.clone());
            async move { access_token(&camelot, &account).await.is_ok() }
        });
        gate.reached().await;
        scene.provider.fault("/token", None);
        assert_eq!(again(&scene, &account).await.expires_at, None, "{compat:?}");
        let path = format!("/users/me/oauth-accounts/{}", account.id);
        assert_eq!(lancelot.delete(&path).await.status, 204);
        assert_eq!(told.recv().await, Some(None), "{compat:?}");
        gate.open();
        assert!(renewal.await.expect("no panic"));
    }
}
