//! The provider accounts that a user has, and how they are unlinked.

use axum_users::prelude::*;
use axum_users::testing::{HookKind, HookRecorder};
use axum_users_tests::provider::{Fault, Provider};
use axum_users_tests::{Backend, Client, Options, is_in, on_each_store, reset_token};
use serde_json::{Value, json};

use crate::common::{ASSOCIATE, COMPAT_MODES, PASSWORD, Scene, accounts_of, arthur, clients, knight};

/// Where a client's accounts are taken away, in the order of the list.
async fn paths_of(client: &Client) -> Vec<String> {
    let list = client.get("/users/me/oauth-accounts").await;
    let ids = list.json.as_array().expect("a list").iter().map(|account| account["id"].clone());
    ids.map(|id| format!("/users/me/oauth-accounts/{}", id.as_str().expect("an id"))).collect()
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
        scene.server.camelot.drain().await;
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
        let (outbox, options) = (HookRecorder::default(), Options { compat, ..Options::default() });
        let listening = |provider: &Provider, setup| clients(provider, setup).record_hooks(&outbox);
        let scene = Scene::of(options, listening).await;
        let lancelot = scene.registered("lancelot@camelot.bt").await;
        scene.trip(&lancelot, ASSOCIATE, &arthur()).await;
        let path = paths_of(&lancelot).await.remove(0);
        drop(outbox.take(&scene.server.camelot).await);
        assert_eq!(lancelot.delete(&path).await.status, 204);
        let messages = outbox.take(&scene.server.camelot).await;
        let [message] = &messages[..] else { panic!("one message: {messages:?}") };
        assert_eq!((message.hook, &*message.to), (HookKind::OAuthUnlink, "lancelot@camelot.bt"));
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
        scene.server.camelot.drain().await;
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
        scene.server.camelot.drain().await;
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
