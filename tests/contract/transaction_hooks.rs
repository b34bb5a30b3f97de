//! Hooks within the transaction: what they write lasts, or is undone, with the user.

use axum_users::prelude::*;
use axum_users_tests::{Backend, Options, PlaceTransaction, Server, Store, User, at_once, on_each_database};
use diesel::QueryableByName;
use diesel::sql_types::Integer;
use serde_json::json;

use crate::cast::{ARTHUR, BCRYPT, MERLIN, PASSWORD, arthur, merlin_signed_in, rows};
use crate::chronicler::{Chronicler, Gatekeeper, Greeter};

async fn start() -> Server {
    start_with(Chronicler).await
}

async fn start_with(hooks: impl TransactionHooks<User, PlaceTransaction>) -> Server {
    let server = Server::of(Options::default(), |_| {}, |setup| setup.transaction_hooks(hooks)).await;
    let server = server.expect("the app starts");
    let id = match server.database.store() {
        Store::Postgres => "SERIAL",
        Store::Mysql => "INTEGER AUTO_INCREMENT",
        Store::Sqlite | Store::Memory => "INTEGER",
    };
    let table =
        format!("CREATE TABLE chronicle (id {id} PRIMARY KEY, event TEXT NOT NULL, email TEXT NOT NULL)");
    server.database.execute(&table);
    server
}

/// What the chronicle holds.
fn written(server: &Server) -> Vec<(String, String)> {
    let column = |column| {
        let query = format!("SELECT {column} AS value FROM chronicle ORDER BY id");
        server.database.texts(&query)
    };
    column("event").into_iter().zip(column("email")).collect()
}

fn line(event: &str, email: &str) -> (String, String) {
    (event.to_owned(), email.to_owned())
}

#[on_each_database]
async fn write_with_every_change_of_a_user() {
    let server = start().await;
    let id = arthur(&server).await.id;
    let (_, merlin) = merlin_signed_in(&server).await;
    let mut expected = vec![line("registered", ARTHUR), line("registered", MERLIN)];
    assert_eq!(written(&server), expected);

    let client = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
    assert_eq!(client.patch("/users/me", json!({ "display_name": "The King" })).await.status, 200);
    expected.push(line(&format!("Update of {ARTHUR} at /users/me"), ARTHUR));
    assert_eq!(written(&server), expected);

    server.events().await;
    server.client().post_json("/auth/request-verify-token", json!({ "email": ARTHUR })).await;
    server.client().post_json("/auth/forgot-password", json!({ "email": ARTHUR })).await;
    for mail in server.mails().await {
        let body = json!({ "token": mail.token, "password": "excalibur" });
        let (path, change) = match mail.kind {
            "verify" => ("/auth/verify", "Verification"),
            _ => ("/auth/reset-password", "PasswordReset"),
        };
        assert_eq!(server.client().post_json(path, body).await.status, 200);
        expected.push(line(&format!("{change} of {ARTHUR} at {path}"), ARTHUR));
        assert_eq!(written(&server), expected);
    }

    assert_eq!(merlin.delete(&format!("/users/{id}")).await.status, 204);
    expected.push(line("deleted", ARTHUR));
    assert_eq!(written(&server), expected);
}

#[on_each_database]
async fn write_with_logins_logouts_and_upgrades_of_hashes() {
    let server = start_with(Gatekeeper).await;
    arthur(&server).await;
    let mut expected = Vec::new();
    for backend in Backend::all() {
        let client = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
        expected.push(line("logged in", ARTHUR));
        assert_eq!(written(&server), expected, "{backend:?}");
        let logout = format!("{}/logout", backend.path());
        // An error keeps the session.
        let stays = client.clone().with("x-stay", "1");
        stays.post(&logout).await.refuses(500, json!("Internal Server Error"));
        client.get("/authenticated").await.is(200, &json!({ "message": format!("Hello {ARTHUR}!") }));
        client.post(&logout).await.is(200, &json!(null));
        expected.push(line("logged out", ARTHUR));
        client.get("/authenticated").await.refuses(401, json!("Unauthorized"));
        assert_eq!(written(&server), expected, "{backend:?}");
    }
    server.database.set_hash(Some(ARTHUR), BCRYPT);
    server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
    expected.extend([line("HashUpgrade", ARTHUR), line("logged in", ARTHUR)]);
    assert_eq!(written(&server), expected);
}

/// Each has the user's row for itself from its first statement: none waits for a lock that another has to give up first.
#[on_each_database]
async fn logins_and_logouts_at_once_may_write_the_row_of_their_user() {
    let server = start_with(Greeter).await;
    arthur(&server).await;
    for backend in Backend::all() {
        let logins = at_once(12, |_| {
            let client = server.client();
            async move { client.login(backend, ARTHUR, PASSWORD).await }
        });
        let logins = logins.await;
        assert!(logins.iter().all(|login| login.status == 200), "{backend:?}: {logins:?}");
        let logouts = at_once(12, |n| {
            let client = server.client().holding(backend, &logins[n]);
            async move { client.post(&format!("{}/logout", backend.path())).await }
        });
        let logouts = logouts.await;
        assert!(logouts.iter().all(|logout| logout.status == 200), "{backend:?}: {logouts:?}");
    }
    assert_eq!(server.database.texts("SELECT display_name AS value FROM \"user\""), ["seen"]);
}

#[on_each_database]
async fn an_error_refuses_a_login_and_leaves_no_session() {
    let server = start_with(Gatekeeper).await;
    assert_eq!(server.client().register("traitor@camelot.bt", PASSWORD).await.status, 201);
    for backend in Backend::all() {
        let login = server.client().login(backend, "traitor@camelot.bt", PASSWORD).await;
        login.refuses(500, json!("Internal Server Error"));
    }
    assert_eq!(written(&server), []);
    assert_eq!(server.database.number("SELECT count(*) AS value FROM session"), 0);
}

#[on_each_database]
async fn an_error_undoes_everything() {
    let server = start().await;
    let failed = json!("Internal Server Error");
    server.client().register("traitor@camelot.bt", PASSWORD).await.refuses(500, failed.clone());
    assert_eq!((rows(&server), written(&server)), (vec![], vec![]));

    let id = arthur(&server).await.id;
    let client = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
    let (before, lines) = (rows(&server), written(&server));
    let body = json!({ "email": "traitor@camelot.bt", "password": "excalibur" });
    client.patch("/users/me", body).await.refuses(500, failed.clone());
    assert_eq!((rows(&server), written(&server)), (before, lines));
    // The session is as good as before, too.
    assert_eq!(client.get("/users/me").await.status, 200);

    let (_, merlin) = merlin_signed_in(&server).await;
    let treason = format!("UPDATE \"user\" SET email = 'traitor@camelot.bt' WHERE email = '{ARTHUR}'");
    server.database.execute(&treason);
    let (before, lines) = (rows(&server), written(&server));
    merlin.delete(&format!("/users/{id}")).await.refuses(500, failed);
    assert_eq!((rows(&server), written(&server)), (before, lines));
    assert_eq!(client.get("/users/me").await.status, 200);
}

#[on_each_database]
async fn what_fails_beneath_undoes_what_they_wrote() {
    let server = start().await;
    arthur(&server).await;
    let lines = written(&server);
    server.client().register(ARTHUR, PASSWORD).await.refuses(400, json!("REGISTER_USER_ALREADY_EXISTS"));
    assert_eq!(written(&server), lines);
}

#[on_each_database]
async fn a_rejection_is_the_answer() {
    let server = start().await;
    arthur(&server).await;
    let client = server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await;
    let (before, lines) = (rows(&server), written(&server));
    let answer = client.patch("/users/me", json!({ "email": "rebel@camelot.bt" })).await;
    answer.refuses(400, json!("UPDATE_USER_EMAIL_ALREADY_EXISTS"));
    assert_eq!((rows(&server), written(&server)), (before, lines));
}

/// Fails unless SQLite waits at each commit until the disk has it.
struct Durable;

#[derive(QueryableByName)]
struct Level {
    #[diesel(sql_type = Integer)]
    synchronous: i32,
}

impl TransactionHooks<User, PlaceTransaction> for Durable {
    async fn on_register(&self, _: &User, _: &RequestInfo, transaction: &mut PlaceTransaction) -> HookResult {
        use diesel_async::RunQueryDsl;

        let connection = transaction.any().sqlite().expect("SQLite");
        let level: Level = diesel::sql_query("PRAGMA synchronous").get_result(connection).await?;
        const FULL: i32 = 2;
        if level.synchronous == FULL { Ok(()) } else { Err("a power loss would undo this".into()) }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_commits_survive_a_power_loss() {
    let server = Server::of(Options::default(), |_| {}, |setup| setup.transaction_hooks(Durable)).await;
    let server = server.expect("the app starts");
    assert_eq!(server.client().register(ARTHUR, PASSWORD).await.status, 201);
}
