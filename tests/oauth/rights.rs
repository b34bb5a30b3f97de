//! Promise 2 while a provider is slow: an account is linked only as long as its session lasts.

use axum_users_tests::provider::Gate;
use axum_users_tests::{Backend, Client, on_each_store};
use serde_json::json;

use crate::common::{ARTHUR, ASSOCIATE, COMPAT_MODES, PASSWORD, Scene, accounts_of, knight};

const MERLIN: &str = "merlin@camelot.bt";

/// What ends the session of a client while its browser is back from the provider.
#[derive(Clone, Copy, Debug)]
enum End {
    Logout,
    Password,
    Reactivation,
}

impl End {
    async fn comes(self, scene: &Scene, backend: Backend, client: &Client) {
        match self {
            Self::Logout => {
                assert_eq!(client.post(&format!("{}/logout", backend.path())).await.status, 200);
            }
            Self::Password => {
                let owner = scene.server.client().signed_in(Backend::Db, ARTHUR, PASSWORD).await;
                assert_eq!(owner.patch("/users/me", json!({ "password": "lancelot" })).await.status, 200);
            }
            Self::Reactivation => {
                let path =
                    format!("/users/{}", client.get("/users/me").await.json["id"].as_str().expect("an id"));
                let merlin = scene.server.client().signed_in(Backend::Db, MERLIN, PASSWORD).await;
                for is_active in [false, true] {
                    assert_eq!(merlin.patch(&path, json!({ "is_active": is_active })).await.status, 200);
                }
            }
        }
    }
}

/// A browser that is back and waits for the provider.
async fn waiting(scene: &Scene, client: &Client, sub: &str) -> (Gate, tokio::task::JoinHandle<u16>) {
    let trip = scene.start(client, ASSOCIATE).await;
    let code = scene.provider.sign_in(&trip.url, &knight(sub));
    let gate = scene.provider.hold("/token");
    let pending = tokio::spawn(async move { trip.back(&code).await.status.as_u16() });
    gate.reached().await;
    (gate, pending)
}

#[on_each_store]
async fn an_account_is_not_linked_for_a_session_that_is_revoked_meanwhile() {
    for compat in COMPAT_MODES {
        for end in [End::Logout, End::Password, End::Reactivation] {
            for backend in [Backend::Jwt, Backend::DbCookie] {
                let scene = Scene::in_layout(compat).await;
                scene.registered(ARTHUR).await;
                scene.server.user(MERLIN, PASSWORD, |user| user.is_superuser = Some(true)).await;
                let client = scene.server.client().signed_in(backend, ARTHUR, PASSWORD).await;
                let (gate, pending) = waiting(&scene, &client, "thief").await;
                end.comes(&scene, backend, &client).await;
                gate.open();
                let what = format!("{compat:?}: {backend:?}: {end:?}");
                assert_eq!(pending.await.expect("no panic"), 401, "{what}");
                assert_eq!(scene.server.database.census()["oauth_account"], 0, "{what}");
            }
        }
    }
}

/// The account is the user's already: its tokens are not renewed for a session that has ended.
#[on_each_store]
async fn tokens_are_not_renewed_for_a_session_that_is_revoked_meanwhile() {
    for compat in COMPAT_MODES {
        let scene = Scene::in_layout(compat).await;
        let client = scene.registered(ARTHUR).await;
        assert_eq!(scene.trip(&client, ASSOCIATE, &knight("galahad")).await.status, 200);
        assert_eq!(accounts_of(&client).await.len(), 1);
        let before = scene.account_of(&client).await;
        let other = scene.server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
        let (gate, pending) = waiting(&scene, &other, "galahad").await;
        End::Logout.comes(&scene, Backend::Jwt, &other).await;
        gate.open();
        assert_eq!(pending.await.expect("no panic"), 401, "{compat:?}");
        assert_eq!(scene.account_of(&client).await.access_token, before.access_token, "{compat:?}");
    }
}
