//! An access token lives as long as the backend says that made it.

use std::time::Duration;

use axum_users::app::StartError;
use axum_users::backend::BackendName;
use axum_users::clock::ManualClock;
use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users_tests::{CHEAP, Options, RESET_SECRET, SECRET, Server, Serving, User, VERIFY_SECRET};
use serde_json::json;

use crate::cast::{ARTHUR, PASSWORD, create};

auth_app! {
    /// A short life and a long one, in one table.
    struct Keep {
        user: User,
        database: Sqlite,
        backends: {
            hour: Bearer + DatabaseSession { lifetime: HOUR },
            fortnight: Cookie { name: Some("keep") } + DatabaseSession { lifetime: 14 * DAY },
        },
        hasher: CHEAP,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_backend_reads_it() {
    for compat in [Compat::None, FastApiUsers] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = ManualClock::default();
        let config = KeepConfig {
            database: folder.path().join("keep.db").display().to_string().into(),
            secret: SECRET.into(),
            reset_password_token_secret: RESET_SECRET.into(),
            verification_token_secret: VERIFY_SECRET.into(),
        };
        let keep = Keep::builder().compat(compat).clock(clock.clone()).start(config).await;
        let keep = keep.expect("the app starts");
        Manager::for_code(keep.clone()).create(create(ARTHUR, PASSWORD)).await.expect("a new user");
        let serving = Serving::start(keep.routes()).await;

        let body = json!({ "username": ARTHUR, "password": PASSWORD });
        let login = serving.client().post_json("/auth/hour/login", body.clone()).await;
        let token = login.json["access_token"].as_str().expect("a token");
        let bearer = serving.client().with("authorization", &format!("Bearer {token}"));
        let cookie = serving.client().with("cookie", &format!("keep={token}"));
        let login = serving.client().post_json("/auth/fortnight/login", body).await;
        let (name, value) = login.cookie().expect("a cookie");
        let long = serving.client().with("cookie", &format!("{name}={value}"));

        for client in [&bearer, &long] {
            assert_eq!(client.get("/users/me").await.status, 200, "{compat:?}");
        }
        // What FastAPI Users stores says no more than when the token was issued, and not at which backend.
        let by_the_reader = if compat == Compat::None { 401 } else { 200 };
        assert_eq!(cookie.get("/users/me").await.status, by_the_reader, "{compat:?}");
        clock.advance(HOUR);
        assert_eq!(bearer.get("/users/me").await.status, 401, "{compat:?}");
        assert_eq!(cookie.get("/users/me").await.status, by_the_reader, "{compat:?}");
        assert_eq!(long.get("/users/me").await.status, 200, "{compat:?}");
        // Nor is the long one taken for the short one's age.
        Manager::for_code(keep.clone()).purge(14 * DAY).await.expect("a clean-up");
        assert_eq!(long.get("/users/me").await.status, 200, "{compat:?}");
        clock.advance(14 * DAY - HOUR);
        assert_eq!(long.get("/users/me").await.status, 401, "{compat:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_lives_past_all_dates() {
    let spare = BackendName::new("spare");
    for lifetime in [10_000 * 366 * DAY, Duration::MAX] {
        let database = DatabaseSession::default().lifetime(lifetime);
        let jwt = Jwt::default().lifetime(lifetime);
        for result in [
            Server::of(Options::default(), |_| {}, |setup| setup.backend(spare, Bearer, database)).await,
            Server::of(Options::default(), |_| {}, |setup| setup.backend(spare, Bearer, jwt)).await,
        ] {
            assert!(matches!(result, Err(StartError::Setting(_))), "{lifetime:?}: {result:?}");
        }
    }
}
