//! A field that is added to a struct: the app does not start without its column, and says how to add it.

use axum_users::app::StartError;
use axum_users::clock::Timestamp;
use axum_users::prelude::*;
use axum_users_tests::{
    CHEAP, Database as TestDatabase, RESET_SECRET, SECRET, Serving, Store, VERIFY_SECRET,
};
use axum_users_tests::{Client, on_each_database};
use serde_json::json;

use crate::cast::{ARTHUR, PASSWORD};

/// The app before the change.
mod before {
    use super::*;

    #[derive(Clone, Debug, AuthUser)]
    #[auth_user(table = "knights")]
    pub(super) struct User {
        id: Uuid,
        email: String,
        hashed_password: HashedPassword,
        is_active: bool,
        is_superuser: bool,
        is_verified: bool,
    }

    auth_app! {
        pub(super) struct Camelot {
            user: User,
            database: AnyDatabase,
            backends: { db: Bearer + DatabaseSession },
            hasher: CHEAP,
        }
    }
}

/// The app after it, with a field of each type.
mod after {
    use super::*;

    #[derive(Clone, Debug, AuthUser)]
    #[auth_user(table = "knights")]
    pub(super) struct User {
        id: Uuid,
        email: String,
        hashed_password: HashedPassword,
        is_active: bool,
        is_superuser: bool,
        is_verified: bool,
        #[auth_user(read)]
        is_knighted: bool,
        #[auth_user(read)]
        seat: i16,
        #[auth_user(read)]
        credits: i32,
        #[auth_user(read)]
        steps: i64,
        #[auth_user(read)]
        height: f32,
        #[auth_user(read)]
        weight: f64,
        #[auth_user(read)]
        title: String,
        #[auth_user(private)]
        seal: Vec<u8>,
        #[auth_user(read)]
        order: Uuid,
        #[auth_user(read)]
        knighted_at: Timestamp,
        #[auth_user(read)]
        horse: Option<String>,
        #[auth_user(read, default = "grey".to_owned(), sql_type = diesel::sql_types::Text,
            column = "VARCHAR(20) NOT NULL DEFAULT 'grey'")]
        colour: String,
    }

    auth_app! {
        pub(super) struct Camelot {
            user: User,
            database: AnyDatabase,
            backends: { db: Bearer + DatabaseSession },
            hasher: CHEAP,
        }
    }
}

async fn start_before(database: &TestDatabase) -> Result<before::Camelot, StartError> {
    before::Camelot::start(before::CamelotConfig {
        database: database.address().into(),
        secret: SECRET.into(),
        reset_password_token_secret: RESET_SECRET.into(),
        verification_token_secret: VERIFY_SECRET.into(),
    })
    .await
}

async fn start_after(database: &TestDatabase) -> Result<after::Camelot, StartError> {
    after::Camelot::start(after::CamelotConfig {
        database: database.address().into(),
        secret: SECRET.into(),
        reset_password_token_secret: RESET_SECRET.into(),
        verification_token_secret: VERIFY_SECRET.into(),
    })
    .await
}

async fn sign_in(client: &Client, email: &str) -> Client {
    let body = json!({ "username": email, "password": PASSWORD });
    let answer = client.post_json("/auth/db/login", body).await;
    let token = answer.json["access_token"].as_str().expect("a token").to_owned();
    client.with("authorization", &format!("Bearer {token}"))
}

#[on_each_database]
async fn yields_the_next_migration() {
    let database = TestDatabase::create(Store::current()).await;
    let camelot = start_before(&database).await.expect("the app starts");
    let serving = Serving::start(camelot.routes().with_state(camelot)).await;
    assert_eq!(serving.client().register(ARTHUR, PASSWORD).await.status, 201);
    let signed_in = sign_in(&serving.client(), ARTHUR).await;

    let Err(StartError::Schema(report)) = start_after(&database).await else {
        panic!("it started without its columns")
    };
    let said = report.to_string();
    let names = [
        "is_knighted",
        "seat",
        "credits",
        "steps",
        "height",
        "weight",
        "title",
        "seal",
        "order",
        "knighted_at",
        "horse",
        "colour",
    ];
    assert_eq!(said.lines().count(), names.len(), "{said}");
    for (line, name) in said.lines().zip(names) {
        let start = format!("the table `knights` has no column `{name}`: add it: `ALTER TABLE ");
        assert!(line.starts_with(&start) && line.ends_with('`'), "{line}");
    }
    assert!(StartError::Schema(report.clone()).to_string().ends_with(&said), "the error does not tell");

    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = Timestamp::from_micros(1_714_564_800_000_000);
    let migration = report.migration("knighthood", at).expect("a migration");
    assert_eq!((&*migration.name, &*migration.version()), ("2024-05-01-120000_knighthood", "20240501120000"));
    migration.write_to(folder.path()).expect("a folder");
    assert_eq!(database.run_migrations(folder.path()).await.expect("up"), 1);

    // Who was there still is, with nothing in the new fields.
    let camelot = start_after(&database).await.expect("the app starts");
    assert_eq!(Manager::for_code(camelot.clone()).check().await.expect("a report").to_string(), "");
    let next = Serving::start(camelot.routes().with_state(camelot)).await;
    let arthur = sign_in(&next.client(), ARTHUR).await.get("/users/me").await;
    let mut nothing = json!({
        "is_knighted": false, "seat": 0, "credits": 0, "steps": 0, "height": 0.0, "weight": 0.0, "title": "",
        "order": "00000000-0000-0000-0000-000000000000", "knighted_at": "1970-01-01T00:00:00.000000Z", "horse": null,
        "colour": "grey",
    });
    for (name, value) in nothing.as_object_mut().expect("an object") {
        assert_eq!(&arthur.json[name], value, "{name}");
    }
    assert_eq!(next.client().register("kay@camelot.bt", PASSWORD).await.json["colour"], "grey");
    // A node that has not been replaced yet goes on.
    assert_eq!(signed_in.get("/users/me").await.status, 200);
    assert_eq!(serving.client().register("bors@camelot.bt", PASSWORD).await.status, 201);
    start_before(&database).await.expect("it starts again");

    // The app's own record stands beside Diesel's; only this folder's is taken back.
    database.execute("DELETE FROM __diesel_schema_migrations WHERE version < '2'");
    database.revert_migrations(folder.path()).await.expect("down");
    assert!(matches!(start_after(&database).await, Err(StartError::Schema(again)) if again == report));
}
