//! Rules of the app's own tables: what breaks them is refused, and is no address that is taken.
#![allow(missing_docs, reason = "Diesel's `table!` writes none")]

use axum_users::manager::ManagerError;
use axum_users::prelude::*;
use axum_users::store::StoreError;
use axum_users_tests::{CHEAP, Client, RESET_SECRET, SECRET, Serving, VERIFY_SECRET};
use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use serde_json::json;
use tempfile::TempDir;

use crate::cast::{ARTHUR, PASSWORD};

mod schema {
    diesel::table! {
        knights (id) {
            id -> Integer,
            mail -> Text,
            hashed_password -> Text,
            is_active -> Bool,
            is_superuser -> Bool,
            is_verified -> Bool,
            handle -> Text,
            seat -> Nullable<Integer>,
        }
    }
}

#[derive(Clone, Debug, AuthUser)]
#[auth_user(table = crate::refused_values::schema::knights)]
struct Knight {
    id: i32,
    #[diesel(column_name = mail)]
    email: String,
    hashed_password: HashedPassword,
    is_active: bool,
    is_superuser: bool,
    is_verified: bool,
    #[auth_user(read, create, update)]
    handle: String,
    #[auth_user(read, create, update)]
    seat: Option<i32>,
}

auth_app! {
    /// Who has which seat.
    struct Hall {
        user: Knight,
        database: Sqlite,
        backends: {
            db: Bearer + Database,
        },
        hasher: CHEAP,
    }
}

/// An address that is the only one by the app's own rule, beside the index of ours.
const TABLES: &str = "
    CREATE TABLE seats (id INTEGER PRIMARY KEY);
    INSERT INTO seats VALUES (1), (2);
    CREATE TABLE knights (
        id INTEGER NOT NULL PRIMARY KEY, mail TEXT NOT NULL UNIQUE, hashed_password TEXT NOT NULL,
        is_active BOOLEAN NOT NULL, is_superuser BOOLEAN NOT NULL, is_verified BOOLEAN NOT NULL,
        handle TEXT NOT NULL UNIQUE CHECK (handle <> 'none'), seat INTEGER REFERENCES seats (id)
    )";

async fn hall() -> (TempDir, Hall) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("hall.db").display().to_string();
    let mut database = SqliteConnection::establish(&path).expect("the database opens");
    database.batch_execute(TABLES).expect("tables");
    let hall = Hall::start(HallConfig {
        database: path,
        secret: SECRET.into(),
        reset_password_token_secret: RESET_SECRET.into(),
        verification_token_secret: VERIFY_SECRET.into(),
    });
    (folder, hall.await.expect("the app starts"))
}

fn knight(email: &str, handle: &str, seat: Option<i32>) -> KnightCreate {
    KnightCreate {
        email: email.parse().expect("an address"),
        password: PASSWORD.into(),
        is_active: None,
        is_superuser: None,
        is_verified: None,
        handle: handle.to_owned(),
        seat,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn are_no_taken_address() {
    let (_folder, hall) = hall().await;
    let manager = Manager::new(hall);
    let arthur = manager.create(knight(ARTHUR, "king", Some(1))).await.expect("a knight");
    assert_eq!(arthur.read().seat, Some(1));
    for (what, taken) in [
        ("the same address", knight(ARTHUR, "other", None)),
        ("in another case", knight("ARTHUR@camelot.bt", "other", None)),
    ] {
        let result = manager.create(taken).await;
        assert!(matches!(result, Err(ManagerError::EmailTaken)), "{what}: {result:?}");
    }
    for (what, refused) in [
        ("UNIQUE", knight("kay@camelot.bt", "king", None)),
        ("CHECK", knight("kay@camelot.bt", "none", None)),
        ("FOREIGN KEY", knight("kay@camelot.bt", "kay", Some(3))),
    ] {
        let result = manager.create(refused).await;
        assert!(matches!(result, Err(ManagerError::Store(StoreError::Refused(_)))), "{what}: {result:?}");
    }
    manager.create(knight("kay@camelot.bt", "kay", Some(2))).await.expect("a knight");
}

#[tokio::test(flavor = "multi_thread")]
async fn are_a_mistake_in_the_body() {
    let (_folder, hall) = hall().await;
    let serving = Serving::start(hall.routes()).await;
    let client = Client::new(&serving.url);
    let body = json!({ "email": ARTHUR, "password": PASSWORD, "handle": "none" });
    client.post_json("/auth/register", body).await.is_invalid(&[(json!(["body"]), "value_error")]);
}
