//! Moving from FastAPI Users: the original and this example on one database and one Redis, in both directions and at
//! the same time.

use std::process::Command;

use axum_users_tests::{Answer, Client, Database, Process, Store, left_out};
use reqwest::Method;
use serde_json::{Value, json};

const PASSWORD: &str = "guinevere";
const SECRET: &str = "excalibur-excalibur-excalibur-excalibur";
const BACKENDS: [&str; 4] = ["jwt", "cookie", "db", "redis"];
const COOKIE: &str = "fastapiusersauth";

/// The original and ours, on the same database.
struct Both {
    original: Process,
    ours: Process,
    database: Database,
}

/// Who starts first, and so makes the tables.
#[derive(Clone, Copy, Debug, PartialEq)]
enum First {
    Original,
    Ours,
}

impl Both {
    /// `None`, said aloud, where something that it needs is not there.
    async fn start(store: Store, first: First) -> Option<Self> {
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
            start(&mut command, &address, &redis)
        };
        let ours = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_camelot"));
            start(command.env("COMPAT", "fastapi-users"), &address, &redis)
        };
        Some(match first {
            First::Original => {
                let original = original();
                Self { original, ours: ours(), database }
            }
            First::Ours => {
                let ours = ours();
                Self { original: original(), ours, database }
            }
        })
    }

    /// From whom something comes, and who must take it: each way round.
    fn directions(&self) -> [(&'static str, &Process, &Process); 2] {
        [("from the original", &self.original, &self.ours), ("from ours", &self.ours, &self.original)]
    }

    /// The stored hash of a user's password.
    fn stored_hash(&self, email: &str) -> String {
        let query = format!("SELECT hashed_password AS value FROM \"user\" WHERE email = '{email}'");
        let [hash] = &self.database.texts(&query)[..] else { panic!("not one user: {email}") };
        hash.clone()
    }
}

fn start(command: &mut Command, database: &str, redis: &str) -> Process {
    command.env("BIND", "127.0.0.1:0").env("SECRET", SECRET);
    Process::start(command.env("DATABASE_URL", database).env("REDIS_URL", redis))
}

async fn login(client: &Client, backend: &str, email: &str, password: &str) -> Answer {
    let form = [("username", email), ("password", password)];
    Answer::of(client.request(Method::POST, &format!("/auth/{backend}/login")).form(&form)).await
}

/// Signs in, and gives what the request's credentials are then: a header.
async fn session(client: &Client, backend: &str, email: &str, password: &str) -> (&'static str, String) {
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
async fn is_in(server: &Process, (header, value): &(&str, String)) -> bool {
    let answer = server.client.with(header, value).get("/users/me").await;
    assert!([200, 401].contains(&answer.status.as_u16()), "{}", answer.text);
    answer.status == 200
}

async fn register(server: &Process, email: &str) -> String {
    let answer = server.client.register(email, PASSWORD).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json["id"].as_str().expect("an id").to_owned()
}

/// The token that a server prints in place of a mail.
async fn mailed(server: &Process, path: &str, id: &str, email: &str) -> String {
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
            #[tokio::test(flavor = "multi_thread")]
            async fn $sqlite() {
                if let Some(both) = super::Both::start(super::Store::Sqlite, super::First::$first).await {
                    super::$test(&both).await;
                }
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn $postgres() {
                if let Some(both) = super::Both::start(super::Store::Postgres, super::First::$first).await {
                    super::$test(&both).await;
                }
            }
        }
    )*};
}

on_shared_databases! {
    Original, sqlite, postgres:
    users_and_their_sessions_move
    bcrypt_moves
    mailed_tokens_move
    sign_outs_count_for_both
    a_new_password_ends_sessions_of_either
    linked_accounts_stay_with_their_users
    both_serve_at_once
}

on_shared_databases! {
    Ours, sqlite, postgres:
    the_original_serves_what_ours_made
}

/// Whoever starts on the tables of the other finds them good enough.
async fn the_original_serves_what_ours_made(both: &Both) {
    users_and_their_sessions_move(both).await;
    both_serve_at_once(both).await;
}

async fn users_and_their_sessions_move(both: &Both) {
    for (way, from, to) in both.directions() {
        let email = format!("{}@camelot.bt", way.replace(' ', "-"));
        register(from, &email).await;
        for backend in BACKENDS {
            let session = session(&from.client, backend, &email, PASSWORD).await;
            assert!(is_in(from, &session).await, "{way}: {backend}");
            assert!(is_in(to, &session).await, "{way}: {backend} is not taken");
        }
        for backend in BACKENDS {
            let own = session(&to.client, backend, &email, PASSWORD).await;
            assert!(is_in(to, &own).await && is_in(from, &own).await, "{way}: {backend}");
            let refused = login(&to.client, backend, &email, "morgana").await;
            refused.refuses(400, json!("LOGIN_BAD_CREDENTIALS"));
        }
        // What one shows of a user, the other shows alike.
        let credentials = session(&from.client, "jwt", &email, PASSWORD).await;
        let shown = |server: &Process| {
            let client = server.client.with(credentials.0, &credentials.1);
            async move { client.get("/users/me").await.json }
        };
        assert_eq!(shown(from).await, shown(to).await, "{way}");
        let taken = to.client.register(&email.to_uppercase(), PASSWORD).await;
        taken.refuses(400, json!("REGISTER_USER_ALREADY_EXISTS"));
    }
}

async fn bcrypt_moves(both: &Both) {
    for (email, upgrader, other) in [
        ("lancelot@camelot.bt", &both.ours, &both.original),
        ("galahad@camelot.bt", &both.original, &both.ours),
    ] {
        register(&both.original, email).await;
        let body = json!({ "email": email, "password": PASSWORD });
        let old = both.original.client.post_json("/test/bcrypt", body).await;
        assert!(
            old.json["hashed_password"].as_str().is_some_and(|hash| hash.starts_with("$2b$")),
            "{}",
            old.text
        );
        session(&upgrader.client, "db", email, PASSWORD).await;
        let upgraded = both.stored_hash(email);
        assert!(upgraded.starts_with("$argon2id$v=19$m=65536,t=3,p=4$"), "{upgraded}");
        session(&other.client, "db", email, PASSWORD).await;
        assert_eq!(both.stored_hash(email), upgraded, "the other finds it good enough");
    }
}

async fn mailed_tokens_move(both: &Both) {
    for (way, from, to) in both.directions() {
        let email = format!("{}@camelot.bt", way.replace(' ', "-"));
        let id = register(from, &email).await;
        let token = mailed(from, "/auth/request-verify-token", &id, &email).await;
        let verify = || to.client.post_json("/auth/verify", json!({ "token": token }));
        let verified = verify().await;
        assert_eq!((verified.status.as_u16(), &verified.json["is_verified"]), (200, &json!(true)), "{way}");
        verify().await.refuses(400, json!("VERIFY_USER_ALREADY_VERIFIED"));

        let token = mailed(from, "/auth/forgot-password", &id, &email).await;
        let reset =
            || to.client.post_json("/auth/reset-password", json!({ "token": token, "password": "lancelot" }));
        reset().await.is(200, &Value::Null);
        reset().await.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
        for server in [from, to] {
            assert_eq!(login(&server.client, "jwt", &email, PASSWORD).await.status, 400, "{way}");
            session(&server.client, "jwt", &email, "lancelot").await;
        }
        // A token of the one is no longer good at the one either, once the other has taken it.
        let again = json!({ "token": token, "password": "mordred" });
        let again = from.client.post_json("/auth/reset-password", again).await;
        again.refuses(400, json!("RESET_PASSWORD_BAD_TOKEN"));
    }
}

async fn sign_outs_count_for_both(both: &Both) {
    let email = "arthur@camelot.bt";
    register(&both.original, email).await;
    for (way, from, to) in both.directions() {
        // The original does not end a JWT when its user signs out.
        for backend in ["db", "redis"] {
            let (header, value) = session(&from.client, backend, email, PASSWORD).await;
            let logout = to.client.with(header, &value).post(&format!("/auth/{backend}/logout")).await;
            assert!([200, 204].contains(&logout.status.as_u16()), "{way}: {backend}: {}", logout.text);
            for server in [from, to] {
                assert!(!is_in(server, &(header, value.clone())).await, "{way}: {backend}");
            }
        }
    }
    let (header, value) = session(&both.original.client, "jwt", email, PASSWORD).await;
    assert_eq!(both.ours.client.with(header, &value).post("/auth/jwt/logout").await.status, 200);
    assert!(!is_in(&both.ours, &(header, value)).await, "ours ends it");
}

async fn a_new_password_ends_sessions_of_either(both: &Both) {
    let email = "arthur@camelot.bt";
    register(&both.original, email).await;
    let mut sessions = Vec::new();
    for backend in BACKENDS {
        for (way, from, _) in both.directions() {
            sessions.push((way, backend, session(&from.client, backend, email, PASSWORD).await));
        }
    }
    let (header, value) = session(&both.ours.client, "db", email, PASSWORD).await;
    let change =
        both.ours.client.with(header, &value).patch("/users/me", json!({ "password": "lancelot" })).await;
    assert_eq!(change.status, 200, "{}", change.text);
    for (way, backend, session) in &sessions {
        assert!(!is_in(&both.ours, session).await, "{way}: {backend} lives on at ours");
        // The original asks its database and its Redis. Of a JWT nobody can tell it, and nobody here has seen all the
        // tokens that it has put into Redis.
        let is_seen = *backend == "db" || (*backend == "redis" && *way == "from ours");
        let lives_on = is_seen && is_in(&both.original, session).await;
        assert!(!lives_on, "{way}: {backend} lives on at the original");
    }
    for server in [&both.ours, &both.original] {
        for backend in BACKENDS {
            let new = session(&server.client, backend, email, "lancelot").await;
            assert!(is_in(&both.ours, &new).await && is_in(&both.original, &new).await, "{backend}");
        }
    }
}

async fn linked_accounts_stay_with_their_users(both: &Both) {
    let email = "percival@camelot.bt";
    register(&both.original, email).await;
    let linked = both.original.client.post_json("/test/oauth-account", json!({ "email": email })).await;
    assert_eq!(linked.status, 201, "{}", linked.text);
    let accounts = || {
        both.database.texts(
            "SELECT concat(a.oauth_name, ' ', a.account_id) AS value FROM oauth_account AS a \
             JOIN \"user\" AS u ON u.id = a.user_id",
        )
    };
    assert_eq!(accounts(), ["google people/c123"]);
    let (header, value) = session(&both.ours.client, "jwt", email, PASSWORD).await;
    let moved =
        both.ours.client.with(header, &value).patch("/users/me", json!({ "email": "king@camelot.bt" })).await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    assert_eq!(accounts(), ["google people/c123"]);
    let id = moved.json["id"].as_str().expect("an id");
    both.database.execute("UPDATE \"user\" SET is_superuser = (1 = 1)");
    assert_eq!(both.ours.client.with(header, &value).delete(&format!("/users/{id}")).await.status, 204);
    assert_eq!(both.database.number("SELECT count(*) AS value FROM oauth_account"), 0);
}

async fn both_serve_at_once(both: &Both) {
    let emails = (0..3).map(|n| format!("knight-{n}@camelot.bt")).collect::<Vec<_>>();
    for (n, email) in emails.iter().enumerate() {
        register(both.directions()[n % 2].1, email).await;
    }
    let hashes = emails.iter().map(|email| both.stored_hash(email)).collect::<Vec<_>>();
    for _ in 0..2 {
        let sessions = futures_util::future::join_all(emails.iter().flat_map(|email| {
            both.directions().map(|(way, from, to)| async move {
                for backend in BACKENDS {
                    let session = session(&from.client, backend, email, PASSWORD).await;
                    assert!(is_in(to, &session).await, "{way}: {backend}");
                }
            })
        }));
        sessions.await;
    }
    // Neither finds the other's hashes outdated, or its own.
    assert_eq!(emails.iter().map(|email| both.stored_hash(email)).collect::<Vec<_>>(), hashes);

    // Of many registrations of one address at both, there is one user; ours answers as the contract says.
    let answers = futures_util::future::join_all((0..8).map(|n| {
        let (_, server, _) = both.directions()[n % 2];
        async move { (n % 2 == 1, server.client.register("Mordred@camelot.bt", PASSWORD).await) }
    }));
    let answers = answers.await;
    for (is_ours, answer) in &answers {
        assert!(!is_ours || [201, 400].contains(&answer.status.as_u16()), "{}", answer.text);
    }
    let created = answers.iter().filter(|(_, answer)| answer.status == 201).count();
    assert_eq!(created, 1);
    let users = "SELECT count(*) AS value FROM \"user\" WHERE lower(email) = 'mordred@camelot.bt'";
    assert_eq!(both.database.number(users), 1);
}
