//! The tests' app without a socket: what a router is called with, and what must hold of every answer.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::routing::get;
use axum_users::app::Builder;
use axum_users::prelude::*;
use axum_users::router::not_found;
use axum_users_tests::{Backend, Camelot, Client, Database, Options, Row, Server, Store, left_out};
use serde_json::Value;
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// The user of these tests.
pub(crate) const ARTHUR: &str = "arthur@camelot.bt";
/// The password of every user.
pub(crate) const PASSWORD: &str = "guinevere";

/// An app, and what it runs on.
pub(crate) struct App {
    pub(crate) runtime: Runtime,
    pub(crate) server: Server,
    routes: Router,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
    pub(crate) body: Bytes,
}

async fn authenticated(user: CurrentUser<Camelot>) -> String {
    user.into_user().email
}

async fn claims(claims: StatelessClaims<Camelot>) -> String {
    claims.claims.sub
}

async fn optional(user: Option<CurrentUser<Camelot>>) -> String {
    user.map_or_else(|| "anonymous".to_owned(), |user| user.into_user().email)
}

/// The stores that are there; the others have been said to be left out.
fn stores() -> impl Iterator<Item = Store> {
    let all = [
        (Store::Sqlite, None),
        (Store::Memory, None),
        (Store::Postgres, Some("TEST_POSTGRES_URL")),
        (Store::Mysql, Some("TEST_MYSQL_URL")),
    ];
    all.into_iter().filter_map(|(store, variable)| {
        let is_there = variable.is_none() || store.url().is_some();
        if let (false, Some(variable)) = (is_there, variable) {
            left_out(variable);
        }
        is_there.then_some(store)
    })
}

impl App {
    /// An app on each store, in which Arthur is a user.
    pub(crate) fn on_each_store(options: &Options) -> impl Iterator<Item = Self> {
        stores().map(|store| Self::on(store, options.clone(), |setup| setup))
    }

    pub(crate) fn start(options: Options) -> Self {
        Self::of(options, |setup| setup)
    }

    /// An app in SQLite, with more of a setup.
    pub(crate) fn of(options: Options, setup: impl FnOnce(Builder<Camelot>) -> Builder<Camelot>) -> Self {
        Self::on(Store::Sqlite, options, setup)
    }

    fn on(store: Store, options: Options, setup: impl FnOnce(Builder<Camelot>) -> Builder<Camelot>) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let server = runtime.block_on(async {
            let database = Database::create(store).await;
            let server = Server::on(database, options, |_| {}, setup).await.expect("the app starts");
            server.user(ARTHUR, PASSWORD, |_| {}).await;
            server
        });
        let routes = Router::new()
            .route("/authenticated", get(authenticated).post(authenticated))
            .route("/claims", get(claims))
            .route("/optional", get(optional))
            .merge(server.camelot.routes())
            .fallback(not_found)
            .with_state(server.camelot.clone());
        Self { runtime, server, routes }
    }

    /// A client that is signed in, by a token of its own in the store.
    pub(crate) fn signed_in(&self, email: &str) -> Client {
        self.runtime.block_on(self.server.client().signed_in(Backend::Db, email, PASSWORD))
    }

    /// Everybody who is a user.
    pub(crate) fn users(&self) -> Vec<Row> {
        self.runtime.block_on(async { self.server.database.rows() })
    }

    /// What a request is answered with.
    pub(crate) fn ask(&self, request: Request<Body>) -> Answer {
        let asked = format!("{} {}", request.method(), request.uri());
        let answer = self.runtime.block_on(async {
            let answer = self.routes.clone().oneshot(request).await.expect("a router does not fail");
            let (parts, body) = answer.into_parts();
            let body = to_bytes(body, usize::MAX).await.expect("a whole body");
            let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
            Answer { status: parts.status, headers: parts.headers, json, body }
        });
        answer.holds(&asked);
        answer
    }
}

impl Answer {
    /// Fails where an answer is none that a client should see, whatever it has asked.
    fn holds(&self, asked: &str) {
        assert!(!self.status.is_server_error() || self.status == 502, "{asked}: {self:?}");
        let shown = String::from_utf8(self.body.to_vec()).expect("text");
        if self.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json") {
            assert!(serde_json::from_str::<Value>(&shown).is_ok(), "{asked}: {self:?}");
        }
        if self.status.is_client_error() {
            assert!(!self.json["detail"].is_null(), "{asked}: {self:?}");
        }
        assert!(!shown.contains("$argon2") && !shown.contains("hashed_password"), "{asked}: {self:?}");
    }

    pub(crate) fn detail(&self) -> &str {
        self.json["detail"].as_str().unwrap_or_default()
    }
}

/// A request with a body of this type.
pub(crate) fn request(method: &str, path: &str, kind: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, kind);
    request.body(body.into()).expect("a request")
}

/// A POST of JSON.
pub(crate) fn post(path: &str, body: &Value) -> Request<Body> {
    request("POST", path, "application/json", body.to_string())
}
