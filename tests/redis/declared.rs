//! An app that says in `auth_app!` that it has a Redis.

use axum::Router;
use axum::routing::get;
use axum_users::app::StartError;
use axum_users::clock::ManualClock;
use axum_users::prelude::*;
use axum_users_tests::redis_server::{AnyRedis, command};
use axum_users_tests::{Backend, CHEAP, RESET_SECRET, SECRET, Serving, User, UserCreate, VERIFY_SECRET};
use serde_json::json;
use tempfile::TempDir;

use crate::common::{ARTHUR, PASSWORD, is_in, record_key, token_of};

auth_app! {
    /// Tokens in Redis alone, of a kind per backend and of one by the request.
    pub(crate) struct Castle {
        user: User,
        database: Sqlite,
        redis: RedisOptions { response_timeout: MINUTE },
        backends: {
            redis: Bearer + RedisSession { lifetime: HOUR },
            redis_cookie: Cookie { name: Some("redis_session") } + by_request,
        },
        hasher: CHEAP,
        clock: ManualClock::default(),
    }
}

/// Shorter for those who say that others use their machine.
fn by_request(request: &RequestInfo) -> RedisSession {
    let lifetime = if request.headers.contains_key("x-shared") { MINUTE } else { HOUR };
    RedisSession::default().lifetime(lifetime)
}

/// The app, and the folder of its database.
pub(crate) async fn start(redis: RedisAddress) -> Result<(Castle, TempDir), StartError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let castle = Castle::start(CastleConfig {
        database: folder.path().join("castle.db").display().to_string().into(),
        redis,
        secret: SECRET.into(),
        reset_password_token_secret: RESET_SECRET.into(),
        verification_token_secret: VERIFY_SECRET.into(),
    });
    Ok((castle.await?, folder))
}

async fn authenticated(user: CurrentUser<Castle>) -> String {
    user.into_user().email
}

/// The app on a socket, with Arthur.
pub(crate) async fn serve(castle: &Castle) -> Serving {
    let manager = Manager::for_code(castle.clone());
    let (is_active, is_superuser, is_verified, display_name) = (None, None, None, None);
    let (email, password) = (ARTHUR.parse().expect("an address"), PASSWORD.into());
    let arthur = UserCreate { email, password, is_active, is_superuser, is_verified, display_name };
    manager.create(arthur).await.expect("a new user");
    let routes = Router::new().route("/authenticated", get(authenticated)).merge(castle.routes());
    Serving::start(routes.with_state(castle.clone())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn its_tokens_are_in_redis() {
    let Some(redis) = AnyRedis::find() else { return };
    let (castle, _folder) = start(redis.url().into()).await.expect("it starts");
    let serving = serve(&castle).await;
    for (backend, shared, lifetime) in
        [(Backend::Redis, false, 3600), (Backend::RedisCookie, false, 3600), (Backend::RedisCookie, true, 60)]
    {
        let client = serving.client();
        let client = if shared { client.with("x-shared", "yes") } else { client };
        let session = client.signed_in(backend, ARTHUR, PASSWORD).await;
        assert!(is_in(&session).await, "{backend:?}");
        let ttl: i64 = redis.run(&command(&["TTL", &record_key(&token_of(&session))]));
        assert!((lifetime - 50..=lifetime).contains(&ttl), "{backend:?}: {ttl}");
        session.post(&format!("{}/logout", backend.path())).await.is(200, &json!(null));
        assert!(!is_in(&session).await, "{backend:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_password_spares_its_own_session() {
    let Some(redis) = AnyRedis::find() else { return };
    let (castle, _folder) = start(redis.url().into()).await.expect("it starts");
    let serving = serve(&castle).await;
    let signed_in = |backend| serving.client().signed_in(backend, ARTHUR, PASSWORD);
    let (session, other) = (signed_in(Backend::RedisCookie).await, signed_in(Backend::Redis).await);
    assert_eq!(session.patch("/users/me", json!({ "password": "lancelot-du-lac" })).await.status, 200);
    assert!(is_in(&session).await && !is_in(&other).await);
}
