//! The feature `testing`: what an app's own tests have in their hands.

use axum::http::{HeaderMap, Request};
use axum_users::app::BackendName;
use axum_users::prelude::*;
use axum_users::store::Store;
use axum_users::strategy::{Authentication, Context, Grant, Issued, Revoke, Strategy, StrategyError, Work};
use axum_users::testing::{self, HookCall, HookKind, HookRecorder, SignInError};
use axum_users::token::{Algorithm, JwtKeys};
use axum_users::transport::Header;
use axum_users_tests::{Backend, Client, Event, Options, Server, Serving, User, on_each_store};
use reqwest::Method;
use serde_json::json;

use crate::cast::{ARTHUR, PASSWORD, arthur, create, deactivate};

/// A client that sends these headers.
fn holding(client: &Client, headers: HeaderMap) -> Client {
    let mut client = client.clone();
    client.headers = headers;
    client
}

#[on_each_store]
async fn signs_in_at_every_backend_without_a_password() {
    let server = Server::start().await;
    let user = arthur(&server).await;
    server.events().await;
    for backend in Backend::all() {
        let headers = testing::sign_in(&server.camelot, backend.name(), &user).await.expect("signed in");
        assert!(headers.values().all(axum::http::HeaderValue::is_sensitive), "{backend:?}");
        let client = holding(&server.client(), headers);
        for method in [Method::GET, Method::POST] {
            let status = client.request(method, "/authenticated").send().await.expect("an answer").status();
            assert_eq!(status, 200, "{backend:?}");
        }
        // It is a sign-in like others: it ends.
        client.post(&format!("{}/logout", backend.path())).await.is(200, &json!(null));
        client.get("/authenticated").await.refuses(401, json!("Unauthorized"));
    }
    assert_eq!(server.events().await, [], "a hook was told");
}

#[on_each_store]
async fn says_why_it_signs_nobody_in() {
    let server = Server::start().await;
    let user = arthur(&server).await;
    let nowhere = testing::sign_in(&server.camelot, BackendName::new("nowhere"), &user).await;
    assert!(matches!(nowhere, Err(SignInError::NoSuchBackend(name)) if name.as_str() == "nowhere"));
    deactivate(&server, &user).await;
    // Each strategy looks at the row when it issues a token.
    for backend in Backend::all() {
        let inactive = testing::sign_in(&server.camelot, backend.name(), &user).await;
        assert!(matches!(inactive, Err(SignInError::Strategy(_))), "{backend:?}");
    }
}

/// Issues tokens that no transport reads.
#[derive(Default)]
struct Spaces;

impl<S: Store> Strategy<S> for Spaces {
    async fn authenticate(
        &self,
        _: &str,
        _: &Context<'_, S>,
    ) -> Result<Authentication<S::User>, StrategyError> {
        Ok(Authentication::NotMine)
    }

    async fn issue(
        &self,
        _: &Grant<'_, S::User>,
        _: &Context<'_, S>,
        _: &mut Work<'_, S>,
    ) -> Result<Issued, StrategyError> {
        Ok(Issued::new("two words".to_owned()))
    }

    async fn revoke(
        &self,
        _: Revoke<'_, S::User>,
        _: &Context<'_, S>,
        _: &mut Work<'_, S>,
    ) -> Result<(), StrategyError> {
        Ok(())
    }
}

/// The keys of the tenant that a request names.
fn tenant_jwt(request: &RequestInfo) -> Jwt {
    let tenant = request.headers.get("x-tenant").map_or(&b"nobody"[..], |name| name.as_bytes());
    let secret = [tenant, b": a secret of thirty-two bytes or more"].concat();
    let keys = JwtKeys::hmac(Algorithm::HS256, &Secrets::new(secret)).expect("an HMAC takes every secret");
    Jwt::default().lifetime(HOUR).keys(keys)
}

auth_app! {
    /// What no other app has.
    struct Avalon {
        user: User,
        database: Sqlite,
        backends: {
            ticket: Header::new("x-ticket") + DatabaseSession,
            lost: Bearer + Spaces,
            tenant: Bearer + tenant_jwt,
        },
        hasher: testing::CHEAP,
    }
}

/// An app in memory, and a user of it.
async fn avalon() -> (Avalon, User) {
    let avalon =
        Avalon::builder().start(testing::config(testing::in_memory())).await.expect("the app starts");
    let user = Manager::for_code(avalon.clone()).create(create(ARTHUR, PASSWORD)).await.expect("a new user");
    (avalon, user)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transport_of_the_apps_own_says_where_its_token_stands() {
    let (avalon, user) = avalon().await;
    let serving = Serving::start(avalon.routes()).await;
    let headers = testing::sign_in(&avalon, Avalon::TICKET, &user).await.expect("signed in");
    assert_eq!(holding(&serving.client(), headers).get("/users/me").await.status, 200);
    let lost = testing::sign_in(&avalon, Avalon::LOST, &user).await;
    assert!(matches!(lost, Err(SignInError::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strategy_of_the_request_is_asked_by_one() {
    let (avalon, user) = avalon().await;
    let serving = Serving::start(avalon.routes()).await;
    let (mut request, ()) = Request::new(()).into_parts();
    request.headers.insert("x-tenant", "camelot".parse().expect("a header"));
    let headers = testing::sign_in_from(&avalon, Avalon::TENANT, &user, &request).await.expect("signed in");
    let client = holding(&serving.client(), headers);
    assert_eq!(client.with("x-tenant", "camelot").get("/users/me").await.status, 200);
    client.with("x-tenant", "tintagel").get("/users/me").await.refuses(401, json!("Unauthorized"));
}

/// Each app in memory has its own users.
#[tokio::test(flavor = "multi_thread")]
async fn an_app_in_memory_is_alone() {
    let ((first, user), (second, _)) = (avalon().await, avalon().await);
    let headers = testing::sign_in(&first, Avalon::TICKET, &user).await.expect("signed in");
    let serving = Serving::start(second.routes()).await;
    holding(&serving.client(), headers).get("/users/me").await.refuses(401, json!("Unauthorized"));
}

fn told(hook: HookKind, to: &str, message: &HookCall) {
    assert_eq!((message.hook, &*message.to, message.token.is_some()), (hook, to, false));
}

/// The token that a hook was told.
fn token(hook: HookKind, to: &str, messages: &[HookCall]) -> String {
    let [message] = messages else { panic!("one message: {messages:?}") };
    assert_eq!((message.hook, &*message.to), (hook, to));
    assert!(!format!("{message:?}").contains(message.token.as_deref().expect("a token")));
    message.token.clone().expect("a token")
}

#[on_each_store]
async fn the_outbox_keeps_what_hooks_are_told_and_they_are_told() {
    let outbox = HookRecorder::default();
    let options = Options { policy: Policy::strict(), ..Options::default() };
    let server =
        Server::of(options, |_| {}, |setup| setup.record_hooks(&outbox)).await.expect("the app starts");
    let (anyone, camelot) = (server.client(), &server.camelot);
    // The app's own rule on passwords still holds.
    assert_eq!(anyone.register(ARTHUR, ARTHUR).await.status, 400);
    assert!(outbox.take(camelot).await.is_empty());

    anyone.register(ARTHUR, PASSWORD).await;
    anyone.register(ARTHUR, PASSWORD).await;
    let messages = outbox.take(camelot).await;
    told(HookKind::Register, ARTHUR, &messages[0]);
    told(HookKind::RegisterExistingEmail, ARTHUR, &messages[1]);
    assert!(outbox.take(camelot).await.is_empty());

    anyone.post_json("/auth/request-verify-token", json!({ "email": ARTHUR })).await;
    let verify = token(HookKind::RequestVerify, ARTHUR, &outbox.take(camelot).await);
    let body = json!({ "token": verify, "password": PASSWORD });
    assert_eq!(anyone.post_json("/auth/verify", body).await.status, 200);
    anyone.post_json("/auth/forgot-password", json!({ "email": ARTHUR })).await;
    let messages = outbox.take(camelot).await;
    told(HookKind::Verify, ARTHUR, &messages[0]);
    let reset = token(HookKind::ForgotPassword, ARTHUR, &messages[1..]);
    let body = json!({ "token": reset, "password": "excalibur rises" });
    assert_eq!(anyone.post_json("/auth/reset-password", body).await.status, 200);
    let client = anyone.signed_in(Backend::Jwt, ARTHUR, "excalibur rises").await;
    let messages = outbox.take(camelot).await;
    told(HookKind::ResetPassword, ARTHUR, &messages[0]);
    told(HookKind::Login, ARTHUR, &messages[1]);

    let body = json!({ "email": "king@camelot.bt", "current_password": "excalibur rises" });
    assert_eq!(client.patch("/users/me", body).await.status, 200);
    let messages = outbox.take(camelot).await;
    told(HookKind::Update, ARTHUR, &messages[0]);
    // To the address that the user wants to have.
    token(HookKind::RequestEmailChange, "king@camelot.bt", &messages[1..]);

    let manager = Manager::for_code(camelot.clone());
    let user = manager.user_by_email(&ARTHUR.parse().expect("an address")).await.expect("a store");
    manager.delete(user.expect("a user"), None).await.expect("deleted");
    let messages = outbox.take(camelot).await;
    told(HookKind::Delete, ARTHUR, &messages[0]);

    let events = server.events().await;
    assert!(matches!(events.first(), Some(Event::Registered(_))), "{events:?}");
    assert!(matches!(events.last(), Some(Event::Deleted(_))), "{events:?}");
}
