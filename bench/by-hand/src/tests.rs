//! From registration to logout in each way that needs no server, on a database of the shape that Axum Users makes.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, Request, StatusCode, header::HeaderName};
use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::sqlite::Sqlite;

const SCHEMA: &str = r#"
CREATE TABLE "user" (
    id CHAR(36) NOT NULL PRIMARY KEY, email VARCHAR(320) NOT NULL, hashed_password VARCHAR(1024) NOT NULL,
    is_active BOOLEAN NOT NULL, is_superuser BOOLEAN NOT NULL, is_verified BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX ix_user_email_lower ON "user" (lower(email));
CREATE TABLE session (
    id CHAR(36) NOT NULL PRIMARY KEY, token VARCHAR(43) UNIQUE, user_id CHAR(36) NOT NULL, backend VARCHAR(100) NOT NULL,
    fingerprint VARCHAR(43) NOT NULL, created_at TIMESTAMP NOT NULL, seen_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL, authenticated_at TIMESTAMP NOT NULL,
    FOREIGN KEY (user_id) REFERENCES "user" (id) ON DELETE CASCADE
);"#;

struct App {
    router: Router,
    database: SqliteConnection,
    _folder: TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    json: Value,
}

impl App {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("by-hand.db").display().to_string();
        let mut database = SqliteConnection::establish(&path).expect("the database opens");
        database.batch_execute(SCHEMA).expect("the tables");
        let sqlite = Sqlite::open(&path).expect("a pool");
        let router = crate::routes(&sqlite, "excalibur-excalibur-excalibur-excalibur");
        Self { router, database, _folder: folder }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, 1 << 16).await.expect("a body");
        let json = serde_json::from_slice(&body).unwrap_or_default();
        Answer { status: parts.status, headers: parts.headers, json }
    }

    async fn register(&self) -> Answer {
        let body = json!({ "email": "arthur@camelot.bt", "password": "guinevere" }).to_string();
        self.send(post("/register", "application/json", body)).await
    }

    async fn login(&self, backend: &str, password: &str) -> Answer {
        let body = format!("username=Arthur%40camelot.bt&password={password}");
        self.send(post(&format!("/{backend}/login"), "application/x-www-form-urlencoded", body)).await
    }

    async fn signed_in(&self, backend: &str) -> (HeaderName, String) {
        let answer = self.login(backend, "guinevere").await;
        assert_eq!(answer.status, 200, "{backend}");
        if let Some(cookie) = answer.headers.get(SET_COOKIE) {
            let cookie = cookie.to_str().expect("a cookie").split(';').next().expect("its value");
            return (COOKIE, cookie.to_owned());
        }
        assert_eq!(answer.json["token_type"], "bearer");
        (AUTHORIZATION, format!("Bearer {}", answer.json["access_token"].as_str().expect("a token")))
    }

    async fn me(&self, backend: &str, (name, token): &(HeaderName, String)) -> Answer {
        let request = Request::get(format!("/{backend}/users/me")).header(name, token);
        self.send(request.body(Body::empty()).expect("a request")).await
    }
}

fn post(path: &str, content_type: &str, body: String) -> Request<Body> {
    Request::post(path).header(CONTENT_TYPE, content_type).body(Body::from(body)).expect("a request")
}

const BACKENDS: [&str; 3] = ["jwt", "cookie", "db"];

#[tokio::test(flavor = "multi_thread")]
async fn from_registration_to_logout() {
    let app = App::start();
    let arthur = app.register().await;
    assert_eq!(arthur.status, 201);
    assert_eq!(arthur.json["email"], "arthur@camelot.bt");
    assert_eq!(app.register().await.json["detail"], "REGISTER_USER_ALREADY_EXISTS");
    for backend in BACKENDS {
        let refused = app.login(backend, "lancelot").await;
        assert_eq!(
            (refused.status, &refused.json["detail"]),
            (StatusCode::BAD_REQUEST, &json!("LOGIN_BAD_CREDENTIALS"))
        );
        let session = app.signed_in(backend).await;
        let me = app.me(backend, &session).await;
        assert_eq!((me.status, me.json), (StatusCode::OK, arthur.json.clone()), "{backend}");
        let logout = Request::post(format!("/{backend}/logout")).header(&session.0, &session.1);
        assert_eq!(app.send(logout.body(Body::empty()).expect("a request")).await.status, 200, "{backend}");
        let after = app.me(backend, &session).await.status;
        // Nothing is stored of a JWT, and so nothing ends it.
        assert_eq!(after, if backend == "db" { 401 } else { 200 }, "{backend}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_in_without_right() {
    let mut app = App::start();
    app.register().await;
    let forged = |name: HeaderName, prefix: &str| (name, format!("{prefix}eyJhbGciOiJIUzI1NiJ9.e30.AAAA"));
    for (backend, forged) in BACKENDS.into_iter().zip([
        forged(AUTHORIZATION, "Bearer "),
        forged(COOKIE, "__Host-by-hand="),
        forged(AUTHORIZATION, "Bearer "),
    ]) {
        assert_eq!(app.me(backend, &forged).await.status, 401, "{backend}");
    }
    let sessions = [app.signed_in("jwt").await, app.signed_in("cookie").await, app.signed_in("db").await];
    app.database
        .batch_execute("UPDATE session SET expires_at = '2000-01-01 00:00:00.000000'")
        .expect("an update");
    for (backend, expected) in [("jwt", 200), ("cookie", 200), ("db", 401)] {
        let session = &sessions[BACKENDS.iter().position(|it| *it == backend).expect("one of them")];
        assert_eq!(app.me(backend, session).await.status, expected, "{backend}");
    }
    app.database.batch_execute(r#"UPDATE "user" SET is_active = false"#).expect("an update");
    for (backend, session) in BACKENDS.into_iter().zip(&sessions) {
        assert_eq!(app.me(backend, session).await.status, 401, "{backend}");
        assert_eq!(app.login(backend, "guinevere").await.status, 400, "{backend}");
    }
}
