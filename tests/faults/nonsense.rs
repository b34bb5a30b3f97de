//! Rows that hold what no app has written: nobody comes in by them, nobody else is harmed, and the app goes on.

use axum_users_tests::{Backend, Database, Server, Store, on_each_database};
use serde_json::json;

use crate::common::{ARTHUR, MERLIN, PASSWORD};

/// What somebody has made of Arthur's row, where the database lets it; and of his tokens.
const ROWS: [(&str, &str); 16] = [
    ("user", "hashed_password = ''"),
    ("user", "hashed_password = 'guinevere'"),
    ("user", "hashed_password = '$argon2id$v=19$m=64,t=1,p=1$'"),
    ("user", "hashed_password = '$argon2id$v=19$m=4294967295,t=4294967295,p=1$c29tZXNhbHQ$aGFzaA'"),
    ("user", "hashed_password = '$2b$31$KTWRXAh/B0bFPEIIUhsEqubpR.wbJhqB/OmO8YJECQa364ifnZ15Ç'"),
    ("user", "hashed_password = NULL"),
    ("user", "is_active = NULL"),
    ("user", "is_active = 'perhaps'"),
    ("user", "is_superuser = NULL"),
    ("user", "is_verified = 2"),
    ("user", "id = 'no-uuid'"),
    ("user", "email = NULL"),
    ("user", "email = ''"),
    ("user", "credits = 'many'"),
    ("session", "expires_at = -1"),
    ("session", "fingerprint = ''"),
];

/// What nobody may see of it.
const SECRETS: [&str; 3] = ["argon2", "UPDATE", "SELECT"];

#[on_each_database]
async fn lets_nobody_in() {
    for (table, change) in ROWS {
        let server = Server::start().await;
        let arthurs = server.user(ARTHUR, PASSWORD, |_| {}).await;
        server.user(MERLIN, PASSWORD, |merlin| merlin.is_superuser = Some(true)).await;
        let merlin = server.client().signed_in(Backend::Db, MERLIN, PASSWORD).await;
        let sessions = [Backend::Jwt, Backend::Db];
        let sessions = sessions.map(|backend| server.client().signed_in(backend, ARTHUR, PASSWORD));
        let [jwt, db] = sessions;
        let (jwt, db) = (jwt.await, db.await);
        let owner = if table == "user" { "email" } else { "user_id" };
        let is = if table == "user" { ARTHUR.to_owned() } else { arthurs.id.to_string() };
        if !may(&server.database, &format!("UPDATE \"{table}\" SET {change} WHERE {owner} = '{is}'")) {
            continue;
        }
        let hits_password = change.starts_with("hashed_password");
        let seen = [
            server.client().login(Backend::Db, ARTHUR, PASSWORD).await,
            db.get("/users/me").await,
            jwt.get("/users/me").await,
            merlin.get(&format!("/users/{}", arthurs.id)).await,
            server.client().post_json("/auth/forgot-password", json!({ "email": ARTHUR })).await,
            server.client().register(ARTHUR, PASSWORD).await,
        ];
        for (n, answer) in seen.iter().enumerate() {
            assert!(!SECRETS.iter().any(|secret| answer.text.contains(secret)), "{change}: {}", answer.text);
            assert_ne!(answer.status, 503, "{change}, {n}: it does not pass by itself");
        }
        if hits_password {
            assert_ne!(seen[0].status, 200, "{change}: a sign-in");
            assert_ne!(seen[1].status, 200, "{change}: a session of another password");
            assert_ne!(seen[2].status, 200, "{change}: a JWT of another password");
        }
        if table == "session" {
            assert_ne!(seen[1].status, 200, "{change}");
        }
        // Nobody is made a superuser by it, and Merlin is what he was.
        assert_ne!(jwt.get("/superuser").await.status, 200, "{change}");
        assert_eq!(merlin.get("/superuser").await.status, 200, "{change}");
        assert_eq!(server.client().register("kay@camelot.bt", PASSWORD).await.status, 201, "{change}");
        drop(server.client().signed_in(Backend::Db, "kay@camelot.bt", PASSWORD).await);
    }
}

/// Whether the database lets it be done.
fn may(database: &Database, sql: &str) -> bool {
    let sql = sql.to_owned();
    // SQLite would else look whether the token's user is there.
    let sql =
        if database.store() == Store::Sqlite { format!("PRAGMA foreign_keys = OFF; {sql}") } else { sql };
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| database.execute(&sql))).is_ok()
}
