//! Tokens that FastAPI Users has made.

use axum_users::prelude::*;
use axum_users_tests::redis_server::{AnyRedis, command};
use axum_users_tests::{Backend, Client, Server};
use serde_json::json;

use crate::common::{
    PASSWORD, arthur, camelot, compat_key, holding, id_of, is_in, keys_of, merlin, record_key,
};

/// A token of 43 URL-safe characters, as `secrets.token_urlsafe()` makes them.
fn token_urlsafe() -> String {
    axum_users::token::random_token().expect("randomness")
}

/// Signs a user in as its `RedisStrategy` does, for `lifetime` in seconds.
fn sign_in(redis: &AnyRedis, server: &Server, id: &str, lifetime: Option<u32>) -> (String, Client) {
    let token = token_urlsafe();
    let key = compat_key(&token);
    match lifetime {
        Some(seconds) => redis.run::<()>(&command(&["SET", &key, id, "EX", &seconds.to_string()])),
        None => redis.run::<()>(&command(&["SET", &key, id])),
    }
    let client = holding(server, &token);
    (token, client)
}

struct Scene {
    redis: AnyRedis,
    server: Server,
    merlin: Client,
    /// Arthur's.
    id: String,
}

impl Scene {
    async fn set() -> Option<Self> {
        let redis = AnyRedis::find()?;
        let server = camelot(FastApiUsers, redis.url()).await;
        let merlin = merlin(&server).await;
        let id = id_of(&arthur(&server, Backend::Db).await).await;
        Some(Self { redis, server, merlin, id })
    }

    async fn patch(&self, change: serde_json::Value) {
        let answer = self.merlin.patch(&format!("/users/{}", self.id), change).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_good_here() {
    let Some(Scene { redis, server, id, .. }) = Scene::set().await else { return };
    for lifetime in [Some(3600), Some(60), Some(7200), None] {
        let (token, client) = sign_in(&redis, &server, &id, lifetime);
        assert!(is_in(&client).await, "{lifetime:?}");
        let cookie = server.client().with("cookie", &format!("redis_session={token}"));
        assert!(is_in(&cookie).await, "{lifetime:?}");
        client.post("/auth/redis/logout").await.is(200, &json!(null));
        assert!(!is_in(&client).await && !is_in(&cookie).await, "{lifetime:?}");
        assert_eq!(keys_of(&redis, &token), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn they_end_with_the_password_and_with_the_user() {
    let deletion = json!(null);
    for change in [json!({ "password": "lancelot" }), json!({ "is_active": false }), deletion] {
        for lifetime in [Some(3600), Some(60), Some(7200), None] {
            let Some(scene) = Scene::set().await else { return };
            let (_, client) = sign_in(&scene.redis, &scene.server, &scene.id, lifetime);
            assert!(is_in(&client).await);
            // A token is as old as it says, in whole seconds by Redis' clock.
            scene.server.clock.advance(MINUTE);
            if change.is_null() {
                assert_eq!(scene.merlin.delete(&format!("/users/{}", scene.id)).await.status, 204);
            } else {
                scene.patch(change.clone()).await;
            }
            assert!(!is_in(&client).await, "{change}: {lifetime:?}");
            if change["is_active"] == false {
                scene.patch(json!({ "is_active": true })).await;
                assert!(!is_in(&client).await, "{lifetime:?}: it came back");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn new_ones_are_good_after_a_change() {
    let Some(scene) = Scene::set().await else { return };
    let answers = |lifetime| {
        let (_, client) = sign_in(&scene.redis, &scene.server, &scene.id, lifetime);
        async move { is_in(&client).await }
    };
    scene.patch(json!({ "password": "lancelot" })).await;
    scene.server.clock.advance(MINUTE);
    assert!(answers(Some(3600)).await);
    // Nobody knows when these were made.
    assert!(!answers(None).await);
    assert!(!answers(Some(7200)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_that_changed_its_own_password_stays() {
    for lifetime in [Some(3600), Some(60), Some(7200), None] {
        let Some(Scene { redis, server, id, .. }) = Scene::set().await else { return };
        let (token, client) = sign_in(&redis, &server, &id, lifetime);
        let (_, other) = sign_in(&redis, &server, &id, Some(3600));
        server.clock.advance(MINUTE / 2);
        assert_eq!(client.patch("/users/me", json!({ "password": "lancelot" })).await.status, 200);
        assert!(is_in(&client).await, "{lifetime:?}");
        let left: i64 = redis.run(&command(&["TTL", &record_key(&token)]));
        assert!((1..=7200).contains(&left), "{lifetime:?}: {left}");
        assert!(!is_in(&other).await, "{lifetime:?}");
        // From now on it hangs on the password.
        let merlin = server.client().signed_in(Backend::Db, "merlin@camelot.bt", PASSWORD).await;
        let change = json!({ "password": "galahad" });
        assert_eq!(merlin.patch(&format!("/users/{id}"), change).await.status, 200);
        assert!(!is_in(&client).await, "{lifetime:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_id_is_no_user() {
    let Some(Scene { redis, server, .. }) = Scene::set().await else { return };
    for id in ["", "arthur", "00000000-0000-0000-0000-000000000000", "{}"] {
        let (_, client) = sign_in(&redis, &server, id, Some(3600));
        assert!(!is_in(&client).await, "{id:?}");
    }
}
