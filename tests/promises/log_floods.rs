//! Events and errors that a client can cause as often as it likes have one line a minute.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum_users::manager::Credentials;
use axum_users::password::{HashError, PasswordHasher, PoolSize, Verdict};
use axum_users::prelude::*;
use axum_users::secret::{HashedPassword, Password};
use axum_users_tests::scene::{PLACE, Scene};
use axum_users_tests::{
    Backend, CHEAP, Fault, Faults, HashingGate, Options, Place, Server, has_own_process, on_each_store, told,
    traced,
};
use serde_json::json;
use tokio::task::JoinSet;

use crate::common::{ARTHUR, MERLIN, PASSWORD, in_time};
use crate::told::Log;

const MINUTE: Duration = Duration::from_secs(60);

/// A client that goes on after it was refused has no line for each request.
#[tokio::test(flavor = "multi_thread")]
async fn refusals_of_one_client_are_logged_once_a_minute() {
    if !has_own_process() {
        return;
    }
    let limits = Some(Limits::OFF.sign_in(Rate::new(1, HOUR)));
    let server = Server::with(Options { limits, ..Options::default() }).await;
    let client = server.client();
    let mut log = Log { seen: told().len() };
    for _ in 0..50 {
        client
            .login(Backend::Db, ARTHUR, &"x".repeat(1025))
            .await
            .refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
    }
    log.tells(&[r#"sign_in_refused reason="password_too_long" from here backend="db" method="password""#]);
    client.login(Backend::Db, "nonsense", PASSWORD).await;
    log.tells(&[r#"sign_in_refused reason="no_address" from here backend="db" method="password""#]);
    for _ in 0..50 {
        assert_eq!(client.login(Backend::Db, "nonsense", PASSWORD).await.status, 429);
    }
    log.tells(&[r#"limited from here limit="sign_in""#]);
    server.clock.advance(MINUTE);
    assert_eq!(client.login(Backend::Db, "nonsense", PASSWORD).await.status, 429);
    let new = told()[log.seen..].to_vec();
    assert_eq!(new.len(), 2, "{new:?}");
    assert!(new.iter().any(|line| line.starts_with("limited") && line.contains("requests=49")), "{new:?}");
    assert!(
        new.iter().any(|line| line.starts_with("sign_in_refused") && line.contains("requests=49")),
        "{new:?}"
    );

    // No limit counts requests of other sites.
    let (seen, form) = (told().len(), client.with("sec-fetch-site", "cross-site"));
    for _ in 0..50 {
        assert_eq!(form.login(Backend::Cookie, ARTHUR, PASSWORD).await.status, 403);
    }
    assert_eq!(told()[seen..].len(), 1, "{:?}", &told()[seen..]);
}

/// Requests that no rate limit counts.
#[on_each_store]
async fn refusals_that_no_limit_counts_are_logged_once_a_minute() {
    if !has_own_process() {
        return;
    }
    let policy = Policy::fastapi_users().keep_last_superuser(true).keep_last_superuser(true);
    let server = Server::with(Options { policy, ..Options::default() }).await;
    let arthur = server.user(ARTHUR, PASSWORD, |_| {}).await.id;
    let merlin = server.user(MERLIN, PASSWORD, |merlin| merlin.is_superuser = Some(true)).await.id;
    let client = server.client();
    let session = client.signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    let superuser = client.signed_in(Backend::Db, MERLIN, PASSWORD).await;
    let stranger = client.with("authorization", "Bearer no-token-at-all");
    let path = format!("/users/{merlin}");
    let storm = async || {
        for _ in 0..20 {
            assert_eq!(stranger.get("/users/me").await.status, 401);
            assert_eq!(session.get("/superuser").await.status, 403);
            assert_eq!(session.get("/verified").await.status, 403);
            assert_eq!(superuser.get("/verified").await.status, 403);
            let change = json!({ "is_superuser": false });
            assert_eq!(superuser.patch(&path, change).await.status, 400);
        }
    };
    let mut log = Log { seen: told().len() };
    storm().await;
    log.tells(&[
        r#"token_refused reason="unknown_token" from here"#,
        &format!(r#"access_refused reason="not_superuser" user={arthur} from here"#),
        &format!(r#"access_refused reason="not_verified" user={arthur} from here"#),
        &format!(r#"access_refused reason="not_verified" user={merlin} from here"#),
        &format!(r#"update_refused reason="last_superuser" user={merlin} by={merlin} from here"#),
    ]);
    server.clock.advance(MINUTE);
    storm().await;
    let mut new = told()[log.seen..].to_vec();
    let many = |what: &str| format!("{what} client=127.0.0.1 requests=19");
    let mut expected = [
        many(r#"token_refused reason="unknown_token""#),
        many(&format!(r#"access_refused reason="not_superuser" user={arthur}"#)),
        many(&format!(r#"access_refused reason="not_verified" user={arthur}"#)),
        many(&format!(r#"access_refused reason="not_verified" user={merlin}"#)),
        many(&format!(r#"update_refused reason="last_superuser" user={merlin} by={merlin}"#)),
    ];
    new.sort();
    expected.sort();
    assert_eq!(new, expected);
}

/// A dependency that fails has no line for each request, whichever client sent it.
#[on_each_store]
async fn outages_are_logged_once_a_minute() {
    if !has_own_process() {
        return;
    }
    let (faults, gate) = (Faults::default(), HashingGate::open());
    let (place, hasher) = (Place { faults: Some(faults.clone()), ..Place::default() }, gate.clone());
    let server = Server::of(
        Options::default(),
        |_| {},
        |setup| {
            let pool = PoolSize::new(1, 1);
            setup.database(place).hasher(hasher).hashing_pool(pool)
        },
    );
    let server = server.await.expect("the app starts");
    let client = server.client();
    // A token that has no backend's mark is not looked up.
    server.user("lancelot@camelot.bt", PASSWORD, |_| {}).await;
    let session = client.signed_in(Backend::Db, "lancelot@camelot.bt", PASSWORD).await;
    let mut log = Log { seen: told().len() };
    faults.strike(0, Fault::IsGone);
    for _ in 0..50 {
        assert_eq!(session.get("/users/me").await.status, 503);
    }
    drop(faults.calls());
    let new = told()[log.seen..].to_vec();
    assert!(new.len() == 1 && new[0].starts_with("storage_unavailable error="), "{new:?}");
    log.seen = told().len();

    gate.set(false);
    let mut others = JoinSet::new();
    for _ in 0..8 {
        let manager = Manager::for_code(server.camelot.clone());
        let credentials = Credentials::new(ARTHUR, PASSWORD);
        others.spawn(async move { drop(manager.authenticate(&credentials).await) });
    }
    for _ in 0..6 {
        in_time(others.join_next()).await.expect("one more").expect("no panic");
    }
    for _ in 0..50 {
        assert_eq!(client.login(Backend::Db, ARTHUR, PASSWORD).await.status, 503);
    }
    gate.set(true);
    let new = told()[log.seen..].to_vec();
    assert!(new.len() == 1 && new[0].starts_with("hashing_pool_full error="), "{new:?}");
}

/// The same of an error that no event tells.
#[tokio::test(flavor = "multi_thread")]
async fn errors_are_logged_once_a_minute() {
    if !has_own_process() {
        return;
    }
    let hasher = Broken::default();
    let server = Server::of(Options::default(), |_| {}, |setup| setup.hasher(hasher.clone()));
    let server = server.await.expect("the app starts");
    let client = server.client();
    hasher.0.store(true, Ordering::SeqCst);
    for _ in 0..50 {
        assert_eq!(client.login(Backend::Db, ARTHUR, PASSWORD).await.status, 500);
    }
    assert_eq!(traced().matches("the hasher is out of order").count(), 1);
}

/// The error code of a provider comes by way of the browser.
#[tokio::test(flavor = "multi_thread")]
async fn refusals_of_a_provider_are_logged_once_a_minute_whatever_the_browser_says() {
    if !has_own_process() {
        return;
    }
    let scene = Scene::new().await;
    let client = scene.server.client();
    for n in 0..20 {
        let trip = scene.start(&client, PLACE).await;
        let answer = trip.back_with(&[("error", &format!("text{n}")), ("state", &trip.state)]).await;
        answer.refuses(400, json!("OAUTH_REFUSED"));
    }
    assert_eq!(traced().matches("a provider refused").count(), 1);
}

/// A hasher that does not work, from a moment on.
#[derive(Clone, Debug, Default)]
struct Broken(Arc<AtomicBool>);

impl PasswordHasher for Broken {
    fn hash(&self, password: &Password) -> Result<HashedPassword, HashError> {
        CHEAP.hash(password)
    }

    fn verify(&self, password: &Password, hash: &HashedPassword) -> Result<Verdict, HashError> {
        if self.0.load(Ordering::SeqCst) {
            return Err(HashError::Failed("the hasher is out of order".into()));
        }
        CHEAP.verify(password, hash)
    }
}
