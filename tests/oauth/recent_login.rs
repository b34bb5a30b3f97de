//! Linking as a back door: a stolen session must not become another way to sign in, and a password reset closes those that
//! were made.

use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users::testing::{HookCall, HookKind, HookRecorder};
use axum_users_tests::{Backend, Client, Options, has_own_process, on_each_store, reset_token, told};
use serde_json::{Value, json};

use crate::common::{ASSOCIATE, COMPAT_MODES, PASSWORD, Scene, accounts_of, arthur, clients, knight};

const LANCELOT: &str = "lancelot@camelot.bt";

/// How old a login may be for linking and unlinking.
const FRESH_FOR: u64 = 10 * 60;

fn seconds(count: u64) -> std::time::Duration {
    std::time::Duration::from_secs(count)
}

fn strict(compat: Compat) -> Options {
    Options { compat, policy: Policy::strict(), ..Options::default() }
}

/// Where the account of the client's user at the first provider is taken away.
async fn path_of(client: &Client) -> String {
    let list = client.get("/users/me/oauth-accounts").await;
    format!("/users/me/oauth-accounts/{}", list.json[0]["id"].as_str().expect("an id"))
}

/// The provider's clock is the app's, which a test moves.
fn in_step(scene: &Scene) {
    let now = axum_users::clock::Clock::now(&scene.server.clock).seconds();
    scene.provider.claims(json!({ "iat": now, "exp": now + 300 }));
}

fn required(methods: &[&str]) -> Value {
    json!({ "code": "REAUTHENTICATION_REQUIRED", "max_age": FRESH_FOR, "methods": methods })
}

#[on_each_store]
async fn linking_and_unlinking_need_a_login_of_the_last_ten_minutes() {
    for compat in COMPAT_MODES {
        let scene = Scene::with(strict(compat)).await;
        scene.server.user(LANCELOT, PASSWORD, |user| user.is_verified = Some(true)).await;
        for (n, backend) in Backend::all().enumerate() {
            let what = format!("{compat:?}: {backend:?}");
            let client = scene.server.client().signed_in(backend, LANCELOT, PASSWORD).await;
            let account = knight(&format!("knight-{n}"));
            // A JWT counts in whole seconds, rounded down.
            scene.server.clock.advance(seconds(FRESH_FOR - 1));
            in_step(&scene);
            assert_eq!(scene.trip(&client, ASSOCIATE, &account).await.status, 200, "{what}");
            let path = path_of(&client).await;
            let trip = scene.start(&client, ASSOCIATE).await;
            let code = scene.provider.sign_in(&trip.url, &knight("thief"));
            drop(scene.provider.requests());

            scene.server.clock.advance(seconds(2));
            let methods = ["password", "provider:oidc"];
            let start = client.get(&format!("{ASSOCIATE}/authorize")).await;
            start.refuses(403, required(&methods));
            let challenge = r#"Bearer error="insufficient_user_authentication", max_age="600""#;
            let expected = if backend.is_cookie() { "" } else { challenge };
            assert_eq!(start.header("www-authenticate"), expected, "{what}");
            client.delete(&path).await.refuses(403, required(&methods));
            // It was started in time and is finished too late: nothing goes to the provider.
            trip.back(&code).await.refuses(403, required(&methods));
            assert_eq!(scene.provider.requests(), Vec::<String>::new(), "{what}");
            assert_eq!(accounts_of(&client).await.len(), 1, "{what}");

            let client = scene.server.client().signed_in(backend, LANCELOT, PASSWORD).await;
            assert_eq!(client.delete(&path).await.status, 204, "{what}");
        }
    }
}

/// The response names the user's own login methods, and no others.
#[on_each_store]
async fn the_ways_to_sign_in_again_are_those_of_the_user() {
    let scene = Scene::with(strict(Compat::None)).await;
    let guest = scene.signed_in(&arthur()).await;
    let lancelot = scene.registered(LANCELOT).await;
    scene.server.clock.advance(seconds(FRESH_FOR + 1));
    for (client, methods) in [(&guest, &["provider:oidc"]), (&lancelot, &["password"])] {
        let start = client.get(&format!("{ASSOCIATE}/authorize")).await;
        start.refuses(403, required(methods));
    }
    // The response to an anonymous request does not mention it.
    scene.server.client().get(&format!("{ASSOCIATE}/authorize")).await.refuses(401, json!("Unauthorized"));
}

#[on_each_store]
async fn other_policies_ask_for_no_recent_login() {
    for compat in COMPAT_MODES {
        for policy in [Policy::fastapi_users().keep_last_superuser(true), Policy::fastapi_users()] {
            let scene = Scene::with(Options { compat, policy, ..Options::default() }).await;
            let client = scene.registered(LANCELOT).await;
            scene.server.clock.advance(seconds(FRESH_FOR + 1));
            in_step(&scene);
            assert_eq!(scene.trip(&client, ASSOCIATE, &knight("percival")).await.status, 200);
            assert_eq!(client.delete(&path_of(&client).await).await.status, 204);
        }
    }
}

/// A user with two accounts who resets the password: which are left, and what the hooks were told.
async fn reset(compat: Compat, policy: Policy) -> (Scene, usize, Vec<HookCall>) {
    let outbox = HookRecorder::default();
    let options = Options { compat, policy, ..Options::default() };
    let scene = Scene::of(options, |provider, setup| clients(provider, setup).record_hooks(&outbox)).await;
    let client = scene.registered(LANCELOT).await;
    for (place, user) in [(ASSOCIATE, knight("lancelot")), ("/auth/associate/avalon", knight("thief"))] {
        assert_eq!(scene.trip(&client, place, &user).await.status, 200);
    }
    assert_eq!(accounts_of(&client).await.len(), 2);
    let body = json!({ "token": reset_token(&scene.server, LANCELOT).await, "password": "guinevere rides" });
    drop(outbox.take(&scene.server.camelot).await);
    assert_eq!(scene.server.client().post_json("/auth/reset-password", body).await.status, 200);
    let client = scene.server.client().signed_in(Backend::Db, LANCELOT, "guinevere rides").await;
    let messages = outbox.take(&scene.server.camelot).await;
    let left = accounts_of(&client).await.len();
    (scene, left, messages)
}

#[on_each_store]
async fn a_strict_reset_unlinks_every_account_and_says_so() {
    for compat in COMPAT_MODES {
        let (scene, left, messages) = reset(compat, Policy::strict()).await;
        assert_eq!(left, 0, "{compat:?}");
        let unlinked = messages.iter().filter(|message| message.hook == HookKind::OAuthUnlink);
        assert_eq!(unlinked.map(|message| &*message.to).collect::<Vec<_>>(), [LANCELOT; 2], "{compat:?}");
        if has_own_process() {
            let told = told().join("\n");
            for name in ["oidc", "avalon"] {
                let is_told = told.lines().any(|line| {
                    line.contains("account_unlinked") && line.contains(&format!("oauth_name=\"{name}\""))
                });
                assert!(is_told, "{compat:?}: {name}: {told}");
            }
        }
        // The thief's account opens nothing, and the owner's verified email links again.
        let thief = scene.trip(&scene.server.client(), "/auth/avalon", &knight("thief")).await;
        assert_ne!(
            thief.json["access_token"],
            json!(null),
            "{compat:?}: it is a user of its own: {}",
            thief.text
        );
        let owner = scene.signed_in(&knight("lancelot")).await;
        assert_eq!(owner.get("/users/me").await.json["email"], LANCELOT);
        assert_eq!(accounts_of(&owner).await.len(), 1, "{compat:?}");
    }
}

#[on_each_store]
async fn a_reset_under_other_policies_unlinks_nothing() {
    for compat in COMPAT_MODES {
        for policy in [Policy::fastapi_users().keep_last_superuser(true), Policy::fastapi_users()] {
            let (_, left, messages) = reset(compat, policy).await;
            assert_eq!(left, 2, "{compat:?}");
            assert!(messages.iter().all(|message| message.hook != HookKind::OAuthUnlink), "{compat:?}");
        }
    }
}

/// Under every policy, a reset unlinks the accounts of a user who never verified the email, and calls the hook.
#[on_each_store]
async fn every_unlinking_calls_the_hook() {
    for compat in COMPAT_MODES {
        let outbox = HookRecorder::default();
        let options = Options { compat, ..Options::default() };
        let scene =
            Scene::of(options, |provider, setup| clients(provider, setup).record_hooks(&outbox)).await;
        scene.server.user(LANCELOT, PASSWORD, |_| {}).await;
        let client = scene.server.client().signed_in(Backend::Jwt, LANCELOT, PASSWORD).await;
        assert_eq!(scene.trip(&client, "/auth/associate/avalon", &knight("thief")).await.status, 200);
        drop(outbox.take(&scene.server.camelot).await);
        // With `email_verified`, an earlier registration of the same email loses its password and accounts.
        scene.signed_in(&knight("lancelot")).await;
        let hooks = outbox.take(&scene.server.camelot).await.into_iter().map(|message| message.hook);
        let hooks = hooks.collect::<Vec<_>>();
        assert!(
            hooks.contains(&HookKind::OAuthUnlink) && hooks.contains(&HookKind::OAuthAssociate),
            "{hooks:?}"
        );
    }
}
