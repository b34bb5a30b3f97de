//! Promise 3, where time is counted and not measured: known and unknown addresses cost the same calls of the store.

use axum_users::compat::Compat;
use axum_users::prelude::*;
use axum_users_tests::scene::{Scene, clients, knight};
use axum_users_tests::{Backend, Client, Faults, Options, Place, on_each_store};
use serde_json::{Value, json};

use crate::common::{ARTHUR, COMPAT_MODES, PASSWORD};

const NOBODY: &str = "nobody@camelot.bt";
const ASLEEP: &str = "asleep@camelot.bt";
const UNVERIFIED: &str = "unverified@camelot.bt";
/// Who has signed in by way of another service alone, and has no password.
const GUEST: &str = "guest@camelot.bt";

/// An app with users of each kind, and the counter of its store's calls.
async fn counted(compat: Compat, policy: Policy) -> (Scene, Faults) {
    counted_with(Options { compat, policy, ..Options::default() }).await
}

async fn counted_with(options: Options) -> (Scene, Faults) {
    let faults = Faults::default();
    let place = Place { faults: Some(faults.clone()), ..Place::default() };
    let scene = Scene::of(options, |provider, setup| clients(provider, setup).database(place)).await;
    let server = &scene.server;
    server.user(ARTHUR, PASSWORD, |user| user.is_verified = Some(true)).await;
    server.user(ASLEEP, PASSWORD, |user| user.is_active = Some(false)).await;
    server.user(UNVERIFIED, PASSWORD, |_| {}).await;
    assert_eq!(scene.sign_in(&knight("guest")).await.status, 200);
    (scene, faults)
}

/// The calls of a request and of all that it sets off.
async fn calls(scene: &Scene, faults: &Faults, path: &str, body: Value) -> Vec<&'static str> {
    calls_of(&scene.server.client(), scene, faults, path, body).await
}

async fn calls_of(
    client: &Client,
    scene: &Scene,
    faults: &Faults,
    path: &str,
    body: Value,
) -> Vec<&'static str> {
    scene.server.camelot.drain().await;
    drop(faults.calls());
    let status = client.post_json(path, body).await.status;
    assert!([202, 400].contains(&status.as_u16()), "{path}: {status}");
    scene.server.camelot.drain().await;
    faults.calls()
}

#[on_each_store]
async fn a_login_that_is_refused() {
    for compat in COMPAT_MODES {
        let (scene, faults) = counted(compat, Policy::fastapi_users()).await;
        for backend in Backend::all() {
            let path = format!("{}/login", backend.path());
            for (username, password) in [
                (NOBODY, PASSWORD),
                (ARTHUR, "lancelot"),
                (GUEST, PASSWORD),
                (UNVERIFIED, "lancelot"),
                (ASLEEP, "lancelot"),
                (ASLEEP, PASSWORD),
            ] {
                let body = json!({ "username": username, "password": password });
                let calls = calls(&scene, &faults, &path, body).await;
                assert_eq!(calls, ["user_by_email"], "{compat:?}, {backend:?}: {username}, {password}");
            }
        }
    }
}

/// The cookie of a client that is known at its own account reveals nothing about other accounts.
#[on_each_store]
async fn a_login_of_a_client_that_is_known_elsewhere() {
    for compat in COMPAT_MODES {
        let rate = Some(Rate::new(1000, HOUR));
        let limits = Some(Limits::OFF.passwords_per_account(rate));
        let policy = Policy::fastapi_users();
        let (scene, faults) = counted_with(Options { compat, policy, limits, ..Options::default() }).await;
        let mordred = "mordred@camelot.bt";
        scene.server.user(mordred, PASSWORD, |_| {}).await;
        let login = scene.server.client().login(Backend::Cookie, mordred, PASSWORD).await;
        let cookies = login.cookies();
        let known = cookies.iter().find(|cookie| cookie.contains("-known=")).expect("a cookie");
        let client = scene.server.client().with("cookie", known.split(';').next().expect("a value"));
        let path = format!("{}/login", Backend::Jwt.path());
        for email in [NOBODY, "another@camelot.bt", ARTHUR, GUEST, UNVERIFIED, ASLEEP, mordred] {
            let body = json!({ "username": email, "password": "lancelot" });
            let calls = calls_of(&client, &scene, &faults, &path, body).await;
            let expected = ["user_by_email", "user_and_generation", "user_by_email"];
            assert_eq!(calls, expected, "{compat:?}: {email}");
        }
    }
}

#[on_each_store]
async fn what_sends_mail() {
    for compat in COMPAT_MODES {
        let (scene, faults) = counted(compat, Policy::fastapi_users()).await;
        for path in ["/auth/forgot-password", "/auth/request-verify-token"] {
            for email in [NOBODY, ARTHUR, GUEST, UNVERIFIED, ASLEEP] {
                let calls = calls(&scene, &faults, path, json!({ "email": email })).await;
                // A reset token carries the generation of its user.
                let expected: &[&str] = match path {
                    "/auth/forgot-password" => &["user_by_email", "user_and_generation"],
                    _ => &["user_by_email"],
                };
                assert_eq!(calls, expected, "{compat:?}, {path}: {email}");
            }
        }
    }
}

/// A known address is written for as well, so that its answer waits for a commit, too.
#[on_each_store]
async fn a_registration_that_is_hidden() {
    for compat in COMPAT_MODES {
        let policy = Policy::fastapi_users().prevent_enumeration(true);
        let (scene, faults) = counted(compat, policy).await;
        for (email, write) in [
            (NOBODY, "insert_user"),
            (NOBODY, "end_token"),
            (ARTHUR, "end_token"),
            (GUEST, "end_token"),
            (ASLEEP, "end_token"),
        ] {
            let body = json!({ "email": email, "password": PASSWORD });
            let calls = calls(&scene, &faults, "/auth/register", body).await;
            assert_eq!(calls, ["user_by_email", "begin_single", write], "{compat:?}: {email}");
        }
    }
}
