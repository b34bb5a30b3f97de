//! The original and ours on the same database, and what is asked of either.

use std::process::Command;

use axum_users_tests::{Answer, Client, Database, Process, Store, left_out, not_ours};
use reqwest::Method;
use serde_json::json;

pub(crate) const PASSWORD: &str = "guinevere";
const SECRET: &str = "excalibur-excalibur-excalibur-excalibur";
pub(crate) const BACKENDS: [&str; 4] = ["jwt", "cookie", "db", "redis"];
const COOKIE: &str = "fastapiusersauth";

/// The original and ours, on the same database.
pub(crate) struct Both {
    pub(crate) original: Process,
    pub(crate) ours: Process,
    pub(crate) database: Database,
    redis: String,
}

/// Who starts first, and so makes the tables.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum First {
    Original,
    Ours,
}

impl Both {
    /// `None`, said aloud, where something that it needs is not there.
    pub(crate) async fn start(store: Store, first: First) -> Option<Self> {
        let variable = |name| {
            let value = std::env::var(name).ok();
            if value.is_none() {
                left_out(name);
            }
            value
        };
        let (python, redis) = (variable("TEST_FASTAPI_PYTHON")?, variable("TEST_REDIS_URL")?);
        if store == Store::Postgres {
            variable("TEST_POSTGRES_URL")?;
        }
        let database = Database::create_apart(store).await;
        let address = database.address();
        let original = || {
            let address = match address.split_once("://") {
                Some(("sqlite", path)) => format!("sqlite+aiosqlite:///{path}"),
                Some((_, server)) => format!("postgresql+asyncpg://{server}"),
                None => panic!("no address: {address}"),
            };
            let mut command = Command::new(&python);
            command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/drop_in/fastapi_app.py"));
            let original = start(&mut command, &address, &redis);
            not_ours(original.client.url());
            original
        };
        let ours = || start_ours(&address, &redis, &[]);
        let (original, ours) = match first {
            First::Original => {
                let original = original();
                (original, ours())
            }
            First::Ours => {
                let ours = ours();
                (original(), ours)
            }
        };
        Some(Self { original, ours, database, redis })
    }

    /// One more of ours, with further variables in its environment.
    pub(crate) fn another(&self, environment: &[(&str, &str)]) -> Process {
        start_ours(&self.database.address(), &self.redis, environment)
    }

    /// From whom something comes, and who must take it: each way round.
    pub(crate) fn directions(&self) -> [(&'static str, &Process, &Process); 2] {
        [("from the original", &self.original, &self.ours), ("from ours", &self.ours, &self.original)]
    }

    /// The stored hash of a user's password.
    pub(crate) fn stored_hash(&self, email: &str) -> String {
        let query = format!("SELECT hashed_password AS value FROM \"user\" WHERE email = '{email}'");
        let [hash] = &self.database.texts(&query)[..] else { panic!("not one user: {email}") };
        hash.clone()
    }
}

fn start_ours(database: &str, redis: &str, environment: &[(&str, &str)]) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_camelot"));
    command.env("COMPAT", "fastapi-users").envs(environment.iter().copied());
    start(&mut command, database, redis)
}

fn start(command: &mut Command, database: &str, redis: &str) -> Process {
    command.env("BIND", "127.0.0.1:0").env("SECRET", SECRET).env("LIMITS", "off");
    Process::start(command.env("DATABASE_URL", database).env("REDIS_URL", redis))
}

pub(crate) async fn login(client: &Client, backend: &str, email: &str, password: &str) -> Answer {
    let form = [("username", email), ("password", password)];
    Answer::of(client.request(Method::POST, &format!("/auth/{backend}/login")).form(&form)).await
}

/// Signs in, and gives what the request's credentials are then: a header.
pub(crate) async fn session(
    client: &Client,
    backend: &str,
    email: &str,
    password: &str,
) -> (&'static str, String) {
    let answer = login(client, backend, email, password).await;
    assert!([200, 204].contains(&answer.status.as_u16()), "{backend}: {}", answer.text);
    if backend == "cookie" {
        let (name, token) = answer.cookie().expect("a cookie");
        assert_eq!(name, COOKIE);
        return ("cookie", format!("{name}={token}"));
    }
    let token = answer.json["access_token"].as_str().expect("a token");
    ("authorization", format!("Bearer {token}"))
}

/// Whether these credentials are good at a server.
pub(crate) async fn is_in(server: &Process, (header, value): &(&str, String)) -> bool {
    let answer = server.client.with(header, value).get("/users/me").await;
    assert!([200, 401].contains(&answer.status.as_u16()), "{}", answer.text);
    answer.status == 200
}

pub(crate) async fn register(server: &Process, email: &str) -> String {
    let answer = server.client.register(email, PASSWORD).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json["id"].as_str().expect("an id").to_owned()
}

/// The token that a server prints in place of a mail.
pub(crate) async fn mailed(server: &Process, path: &str, id: &str, email: &str) -> String {
    let answer = server.client.post_json(path, json!({ "email": email })).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    server.line_after(&match path {
        "/auth/forgot-password" => format!("User {id} has forgot their password. Reset token: "),
        _ => format!("Verification requested for user {id}. Verification token: "),
    })
}

/// A test of each name for each database, whose tables the named one has made.
macro_rules! on_shared_databases {
    ($first:ident, $sqlite:ident, $postgres:ident: $($test:ident)*) => {$(
        mod $test {
            use axum_users_tests::Store;

            use crate::both::{Both, First};

            #[tokio::test(flavor = "multi_thread")]
            async fn $sqlite() {
                if let Some(both) = Both::start(Store::Sqlite, First::$first).await {
                    super::$test(&both).await;
                }
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn $postgres() {
                if let Some(both) = Both::start(Store::Postgres, First::$first).await {
                    super::$test(&both).await;
                }
            }
        }
    )*};
}

pub(crate) use on_shared_databases;
