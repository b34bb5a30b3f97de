//! Promise 5: a weak secret does not start, and secrets are changed without signing anybody out.

use axum_users::app::StartError;
use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users_tests::{CamelotConfig, RESET_SECRET, SECRET, Server, VERIFY_SECRET, on_each_store};
use serde_json::json;

use crate::common::{
    ARTHUR, COMPAT_MODES, PASSWORD, camelot, compat, is_in, reset_token, sessions, verify_token,
};

#[on_each_store]
async fn a_weak_secret_does_not_start() {
    type Field = fn(&mut CamelotConfig) -> &mut Secrets;
    let fields: [(&str, Field); 3] = [
        ("secret", |config| &mut config.secret),
        ("reset_password_token_secret", |config| &mut config.reset_password_token_secret),
        ("verification_token_secret", |config| &mut config.verification_token_secret),
    ];
    let long = "x".repeat(32);
    for (name, field) in fields {
        for (secrets, refused_by) in [
            (Secrets::new(&*long), &[][..]),
            (Secrets::new(&long[1..]), &[Compat::None]),
            (Secrets::new(&*long).or("short"), &[Compat::None]),
            // This is none, whoever has it in use.
            (Secrets::new(""), &COMPAT_MODES),
        ] {
            for each in COMPAT_MODES {
                let secrets = secrets.clone();
                let result = Server::of(compat(each), |config| *field(config) = secrets, |setup| setup).await;
                if refused_by.contains(&each) {
                    assert!(matches!(result, Err(StartError::WeakSecret(weak)) if weak == name), "{name}");
                } else {
                    assert!(result.is_ok(), "{each:?}: {name}: {result:?}");
                }
            }
        }
    }
}

const NEW: &str = "caledfwlch-caledfwlch-caledfwlch-caledfwlch";

/// The app once more on the database of `first`, with other secrets.
async fn again(first: &Server, each: Compat, secrets: impl Fn(&'static str) -> Secrets) -> Server {
    let database = first.database.config();
    let config = |config: &mut CamelotConfig| {
        *config = CamelotConfig {
            database,
            secret: secrets(SECRET),
            reset_password_token_secret: secrets(RESET_SECRET),
            verification_token_secret: secrets(VERIFY_SECRET),
        };
    };
    Server::of(compat(each), config, |setup| setup.clock(first.clock.clone())).await.expect("the app starts")
}

/// What a token for a reset, and one for a verification, are answered with.
async fn spend(server: &Server, reset: &str, verify: &str) -> [u16; 2] {
    let client = server.client();
    let verified = client.post_json("/auth/verify", json!({ "token": verify })).await;
    let body = json!({ "token": reset, "password": PASSWORD });
    let changed = client.post_json("/auth/reset-password", body).await;
    [changed.status.as_u16(), verified.status.as_u16()]
}

#[on_each_store]
async fn a_former_secret_verifies_until_it_is_taken_out() {
    for each in COMPAT_MODES {
        let old = camelot(compat(each)).await;
        let both = again(&old, each, |former| Secrets::new(NEW).or(former)).await;
        let new = again(&old, each, |_| Secrets::new(NEW)).await;

        let of_old = sessions(&old, ARTHUR, PASSWORD).await;
        let of_both = sessions(&both, ARTHUR, PASSWORD).await;
        // What is not signed has no fingerprint under `compat`: no secret is in it.
        let without_secret = |backend: axum_users_tests::Backend| each != Compat::None && backend.is_stored();
        for (backend, session) in &of_old {
            assert!(is_in(&at(&both, session)).await, "{each:?}: {backend:?}, the former verifies");
            let is_in = is_in(&at(&new, session)).await;
            assert_eq!(is_in, without_secret(*backend), "{each:?}: {backend:?}, the former is out");
        }
        for (backend, session) in &of_both {
            assert!(is_in(&at(&new, session)).await, "{each:?}: {backend:?}, the first signs");
            let is_in = is_in(&at(&old, session)).await;
            assert_eq!(is_in, without_secret(*backend), "{each:?}: {backend:?}, the former signs no more");
        }

        let mailed = (reset_token(&old, ARTHUR).await, verify_token(&old, ARTHUR).await);
        assert_eq!(spend(&new, &mailed.0, &mailed.1).await, [400, 400], "{each:?}");
        assert_eq!(spend(&both, &mailed.0, &mailed.1).await, [200, 200], "{each:?}");

        old.user("kay@camelot.bt", PASSWORD, |_| {}).await;
        let mailed =
            (reset_token(&both, "kay@camelot.bt").await, verify_token(&both, "kay@camelot.bt").await);
        assert_eq!(spend(&old, &mailed.0, &mailed.1).await, [400, 400], "{each:?}");
        assert_eq!(spend(&new, &mailed.0, &mailed.1).await, [200, 200], "{each:?}");
    }
}

#[on_each_store]
async fn a_session_of_a_former_secret_outlives_its_own_change_of_the_password() {
    for each in COMPAT_MODES {
        let old = camelot(compat(each)).await;
        let session = old.client().signed_in(axum_users_tests::Backend::Db, ARTHUR, PASSWORD).await;
        let both = again(&old, each, |former| Secrets::new(NEW).or(former)).await;
        let session = at(&both, &session);
        let change = serde_json::json!({ "password": "lancelot" });
        assert_eq!(session.patch("/users/me", change).await.status, 200, "{each:?}");
        assert!(is_in(&session).await, "{each:?}");
    }
}

/// The same session at another server.
fn at(server: &Server, session: &axum_users_tests::Client) -> axum_users_tests::Client {
    let mut client = server.client();
    client.headers = session.headers.clone();
    client
}
