//! Renewals of tokens beside logins, outages and other nodes.

use std::sync::Arc;
use std::time::Duration;

use axum_users::clock::Clock;
use axum_users::hooks::{HookResult, Hooks, RequestInfo};
use axum_users::manager::{Failure, ManagerError};
use axum_users::prelude::*;
use axum_users::store::{Compat, StoreError};
use axum_users::user::OAuthAccount;
use axum_users_tests::provider::Provider;
use axum_users_tests::{Fault as StoreFault, Faults, Options, User, at_once, on_each_store};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::common::{ASSOCIATE, COMPAT_MODES, Scene, again, arthur, clients};
use crate::renewals::{access_token, expired, faulty_node, other_node, refresh_token};

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
        assert_eq!(faults.calls(), ["begin_single"], "{compat:?}");
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
