//! The accounts that a user has: which, without which, and with which tokens.

use std::time::Duration;

use axum_users::clock::Clock;
use axum_users::manager::{ManagerError, no_request};
use axum_users::oauth::OAuthError;
use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users::testing::{Hook, Outbox};
use axum_users::user::OAuthAccount;
use axum_users_tests::provider::{Fault, Provider};
use axum_users_tests::{
    Backend, CHEAP, Camelot, CamelotConfig, Client, Options, RESET_SECRET, SECRET, VERIFY_SECRET, at_once,
    is_in, on_each_database, on_each_store, reset_token,
};
use serde_json::{Value, json};

use crate::common::{
    ASSOCIATE, COMPAT_MODES, OIDC, PASSWORD, Scene, accounts_of, again, arthur, backends, clients, config,
    keys, knight, oidc,
};

/// Where a client's accounts are taken away, in the order of the list.
async fn paths_of(client: &Client) -> Vec<String> {
    let list = client.get("/users/me/oauth-accounts").await;
    let ids = list.json.as_array().expect("a list").iter().map(|account| account["id"].clone());
    ids.map(|id| format!("/users/me/oauth-accounts/{}", id.as_str().expect("an id"))).collect()
}

/// How often a token was renewed since this was asked last.
fn renewals(scene: &Scene) -> usize {
    scene.provider.requests().iter().filter(|path| *path == "/token").count()
}

#[on_each_store]
async fn the_list() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        scene.server.client().get("/users/me/oauth-accounts").await.refuses(401, json!("Unauthorized"));
        let lancelot = scene.registered("lancelot@camelot.bt").await;
        lancelot.get("/users/me/oauth-accounts").await.is(200, &json!([]));
        for (place, user) in [
            (ASSOCIATE, arthur()),
            ("/auth/associate/avalon", json!({ "sub": "x" })),
            (ASSOCIATE, json!({ "sub": "a", "email": "\u{e4}@b\u{fc}cher.example" })),
        ] {
            assert_eq!(scene.trip(&lancelot, place, &user).await.status, 200);
        }
        let list = lancelot.get("/users/me/oauth-accounts").await;
        let without_id = |account: &Value| {
            let mut account = account.clone();
            assert!(account.as_object_mut().expect("an object").remove("id").is_some());
            account
        };
        let found = list.json.as_array().expect("a list").iter().map(without_id).collect::<Vec<_>>();
        let account =
            |name, id, email| json!({ "oauth_name": name, "account_id": id, "account_email": email });
        assert_eq!(
            found,
            [
                account("avalon", "x", ""),
                account("oidc", "a", "\u{e4}@b\u{fc}cher.example"),
                account("oidc", "arthur", "arthur@camelot.bt"),
            ]
        );
        assert_eq!(list.header("cache-control"), "no-store");
    }
}

#[on_each_store]
async fn an_account_is_taken_away() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let lancelot = scene.registered("lancelot@camelot.bt").await;
        scene.trip(&lancelot, ASSOCIATE, &arthur()).await;
        let path = paths_of(&lancelot).await.remove(0);
        drop((scene.provider.requests(), scene.provider.forms()));
        let gone = lancelot.delete(&path).await;
        assert_eq!((gone.status.as_u16(), &*gone.text), (204, ""));
        lancelot.delete(&path).await.refuses(404, json!("Not Found"));
        assert!(is_in(&lancelot).await);
        // The provider forgets it.
        scene.server.camelot.finished().await;
        assert_eq!(scene.provider.requests(), ["/revoke"]);
        assert_eq!(scene.provider.forms()[0]["token_type_hint"], "refresh_token");
        assert_eq!(scene.provider.refresh_tokens(), Vec::<String>::new());
        // Who comes with it is somebody new.
        let client = scene.signed_in(&arthur()).await;
        assert_eq!(client.get("/users/me").await.json["email"], "arthur@camelot.bt");
    }
}

/// It was a way to sign in: its owner hears that it is none any more (OWASP ASVS 6.3.7).
#[on_each_store]
async fn the_owner_hears_of_an_account_that_is_taken_away() {
    for compat in COMPAT_MODES {
        let (outbox, options) = (Outbox::default(), Options { compat, ..Options::default() });
        let listening = |provider: &Provider, setup| clients(provider, setup).outbox(&outbox);
        let scene = Scene::of(options, listening).await;
        let lancelot = scene.registered("lancelot@camelot.bt").await;
        scene.trip(&lancelot, ASSOCIATE, &arthur()).await;
        let path = paths_of(&lancelot).await.remove(0);
        drop(outbox.take(&scene.server.camelot).await);
        assert_eq!(lancelot.delete(&path).await.status, 204);
        let messages = outbox.take(&scene.server.camelot).await;
        let [message] = &messages[..] else { panic!("one message: {messages:?}") };
        assert_eq!((message.hook, &*message.to), (Hook::OAuthUnlink, "lancelot@camelot.bt"));
        lancelot.delete(&path).await.refuses(404, json!("Not Found"));
        assert!(outbox.take(&scene.server.camelot).await.is_empty(), "nothing was taken away");
    }
}

/// What the provider says to that keeps nobody.
#[on_each_store]
async fn a_provider_that_does_not_forget() {
    for fault in [Fault::Answers(500, String::new()), Fault::Answers(400, r#"{"error": "x"}"#.to_owned())] {
        let scene = Scene::new().await;
        let lancelot = scene.registered("lancelot@camelot.bt").await;
        scene.trip(&lancelot, ASSOCIATE, &arthur()).await;
        scene.provider.fault("/revoke", Some(fault));
        assert_eq!(lancelot.delete(&paths_of(&lancelot).await[0]).await.status, 204);
        scene.server.camelot.finished().await;
        assert_eq!(accounts_of(&lancelot).await, []);
    }
}

#[on_each_store]
async fn other_users_accounts() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let owner = scene.signed_in(&arthur()).await;
        let path = paths_of(&owner).await.remove(0);
        let mordred = scene.registered("mordred@camelot.bt").await;
        let merlin =
            scene.server.user("merlin@camelot.bt", PASSWORD, |user| user.is_superuser = Some(true)).await;
        let merlin = scene.server.client().signed_in(Backend::Db, &merlin.email, PASSWORD).await;
        for (what, client) in [("another user", &mordred), ("a superuser", &merlin)] {
            let refused = client.delete(&path).await;
            assert_eq!(
                (refused.status.as_u16(), refused.detail()),
                (404, &json!("Not Found")),
                "F75: {what}"
            );
        }
        scene.server.client().delete(&path).await.refuses(401, json!("Unauthorized"));
        for id in ["arthur", "0", "00000000-0000-0000-0000-000000000000", "%00", "a'--", "..%2f..%2fme"] {
            let path = format!("/users/me/oauth-accounts/{id}");
            owner.delete(&path).await.refuses(404, json!("Not Found"));
        }
        let users = owner.get("/users/me").await.json["id"].as_str().expect("an id").to_owned();
        let path = format!("/users/me/oauth-accounts/{users}");
        owner.delete(&path).await.refuses(404, json!("Not Found"));
        assert_eq!(accounts_of(&owner).await.len(), 1);
        scene.server.camelot.finished().await;
        assert_eq!(scene.provider.requests().iter().filter(|path| *path == "/revoke").count(), 0);
    }
}

#[on_each_store]
async fn the_last_way_to_sign_in() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let client = scene.signed_in(&arthur()).await;
        let only = paths_of(&client).await.remove(0);
        client.delete(&only).await.refuses(400, json!("OAUTH_LAST_LOGIN_METHOD"));
        // With another account it may go, and then that one may not.
        assert_eq!(scene.trip(&client, ASSOCIATE, &knight("galahad")).await.status, 200);
        assert_eq!(client.delete(&only).await.status, 204);
        let other = paths_of(&client).await.remove(0);
        client.delete(&other).await.refuses(400, json!("OAUTH_LAST_LOGIN_METHOD"));
        // With a password, all of them may.
        let token = reset_token(&scene.server, "arthur@camelot.bt").await;
        let body = json!({ "token": token, "password": PASSWORD });
        assert_eq!(scene.server.client().post_json("/auth/reset-password", body).await.status, 200);
        let client = scene.server.client().signed_in(Backend::Db, "arthur@camelot.bt", PASSWORD).await;
        assert_eq!(client.delete(&other).await.status, 204);
        assert_eq!(accounts_of(&client).await, []);
    }
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
            let (manager, account) = (Manager::new(camelot.clone()), account.clone());
            async move {
                let tokens = manager.provider_tokens(&account, &no_request()).await;
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
    let manager = Manager::new(scene.server.camelot.clone());
    let asking = tokio::spawn({
        let account = account.clone();
        async move { manager.provider_tokens(&account, &no_request()).await.is_ok() }
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
    assert!(matches!(error, Some(ManagerError::OAuth(OAuthError::Refused(_)))), "{error:?}");
    scene.provider.fault("/token", Some(Fault::Answers(503, String::new())));
    let error = scene.tokens_of(&account).await.err();
    assert!(matches!(error, Some(ManagerError::OAuth(OAuthError::Failed(_)))), "{error:?}");
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
    let setup = Camelot::setup()
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
    let tokens = Manager::new(camelot.clone()).provider_tokens(account, &no_request()).await;
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
                // Meanwhile the row's token counts as expired for every reader.
                let stored = again(&scene, &account).await;
                assert!(stored.expires_at.is_some_and(|end| end < 0), "{:?}", stored.expires_at);
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
        assert!(matches!(error, Some(ManagerError::OAuth(OAuthError::Failed(_)))), "{error:?}");
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
    assert!(matches!(error, Some(ManagerError::OAuth(OAuthError::Failed(_)))), "{error:?}");
    assert_eq!(renewals(&scene), 0);
    scene.server.clock.advance(Duration::from_secs(20));
    access_token(&node, &account).await.expect("they are renewed");
    assert_eq!(renewals(&scene), 1);
}
