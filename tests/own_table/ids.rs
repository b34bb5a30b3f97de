//! Columns that an id may lie in.

use axum_users::prelude::*;
use axum_users::store::diesel::{Mysql, Postgres};
use axum_users::store::prelude::*;
use axum_users::store::{Compat, Database as Opens, Tables};
use axum_users::user::{AuthUser, OAuthAccount, UserId};
use axum_users_tests::{Backend, CHEAP, Database, Serving, Store};
use serde_json::json;

use crate::court::{ARTHUR, PASSWORD, config};

/// An app whose table has an id of this type, and a test of it: the tokens' table refers to it, and a row is found by it.
macro_rules! id {
    ($test:ident: $id:ty, $store:ident, $backend:path, $sql:literal => $($sql_type:tt)*) => {
        mod $test {
            use super::*;

            diesel::table! {
                use diesel::sql_types::*;

                pages (id) {
                    id -> $($sql_type)*,
                    email -> Text,
                    hashed_password -> Text,
                    is_active -> Bool,
                    is_superuser -> Bool,
                    is_verified -> Bool,
                }
            }

            #[derive(Clone, Debug, AuthUser)]
            #[auth_user(table = crate::ids::$test::pages)]
            #[diesel(check_for_backend($backend))]
            struct Page {
                id: $id,
                email: String,
                hashed_password: HashedPassword,
                is_active: bool,
                is_superuser: bool,
                is_verified: bool,
            }

            auth_app! {
                struct Hall {
                    user: Page,
                    database: $store,
                    backends: { jwt: Bearer + Jwt, db: Bearer + DatabaseSession },
                    hasher: CHEAP,
                }
            }

            #[test]
            fn is_an_id() {
                Store::$store.run(async {
                    let database = super::Database::create(Store::$store).await;
                    let email = "VARCHAR(320) NOT NULL, hashed_password VARCHAR(1024) NOT NULL";
                    database.execute(&format!(
                        "CREATE TABLE pages (id {}, email {email}, is_active BOOLEAN NOT NULL, \
                         is_superuser BOOLEAN NOT NULL, is_verified BOOLEAN NOT NULL)",
                        $sql,
                    ));
                    let hall = Hall::start(config!(HallConfig, database.address())).await.expect("the app starts");
                    lives(&database, Serving::start(hall.routes()).await).await;
                    let store = Opens::<Page>::open(<$store>::default(), database.address().into(), Compat::None, Tables::OAUTH_ACCOUNTS);
                    let page = Page {
                        id: <$id>::generate().unwrap_or_else(<$id>::placeholder),
                        email: ARTHUR.to_owned(),
                        hashed_password: HashedPassword::new("!"),
                        is_active: true,
                        is_superuser: false,
                        is_verified: false,
                    };
                    has_accounts(store.await.expect("it opens"), page).await;
                });
            }
        }
    };
}

async fn lives(database: &Database, serving: Serving) {
    let client = serving.client();
    let answer = client.register(ARTHUR, PASSWORD).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let id = &answer.json["id"];
    let place = format!("/users/{}", id.as_str().map_or_else(|| id.to_string(), str::to_owned));
    // The last active superuser could not delete itself.
    assert_eq!(client.register("lancelot@camelot.bt", PASSWORD).await.status, 201);
    database.execute("UPDATE pages SET is_superuser = TRUE");
    for backend in [Backend::Jwt, Backend::Db] {
        let session = client.signed_in(backend, ARTHUR, PASSWORD).await;
        assert_eq!(&session.get(&place).await.json["id"], id);
        assert_eq!(session.patch(&place, json!({ "is_verified": true })).await.json["is_verified"], true);
    }
    let session = client.signed_in(Backend::Db, ARTHUR, PASSWORD).await;
    assert_eq!(session.delete(&place).await.status, 204);
    assert_eq!(database.number("SELECT count(*) AS value FROM session"), 0);
}

/// Accounts at other services have ids of the user's type.
async fn has_accounts<U: AuthUser, S: axum_users::store::Store<User = U>>(store: S, user: U) {
    assert_eq!(store.check().await.expect("a report").errors().count(), 0);
    let mut transaction = store.begin().await.expect("a transaction");
    let arthur = transaction.insert_user(user).await.expect("a new user").id();
    let [lake, mirror] = ["lake", "mirror"].map(|service| OAuthAccount {
        id: U::Id::generate().unwrap_or_else(U::Id::placeholder),
        user_id: arthur,
        oauth_name: service.to_owned(),
        account_id: "7".to_owned(),
        account_email: ARTHUR.to_owned(),
        access_token: "excalibur".to_owned(),
        expires_at: None,
        refresh_token: None,
    });
    let lake = transaction.insert_oauth_account(lake).await.expect("a new account");
    let mirror = transaction.insert_oauth_account(mirror).await.expect("a new account");
    assert!(
        lake.id != mirror.id
            && transaction.update_oauth_account(&lake, Some("excalibur")).await.expect("it is")
    );
    transaction.commit().await.expect("a commit");
    let (user, found) = store.user_by_oauth_account("mirror", "7").await.expect("an answer").expect("a user");
    assert!(user.id() == arthur && found == mirror);
    let mut transaction = store.begin().await.expect("a transaction");
    assert!(transaction.delete_oauth_account(mirror.id, arthur).await.expect("an answer"));
    transaction.commit().await.expect("a commit");
    assert!(store.oauth_accounts_of(arthur).await.expect("accounts") == [lake]);
}

id!(sqlite_nullable_integer: i32, Sqlite, diesel::sqlite::Sqlite, "INTEGER PRIMARY KEY" => Nullable<Integer>);
id!(sqlite_nullable_text: Uuid, Sqlite, diesel::sqlite::Sqlite, "TEXT PRIMARY KEY" => Nullable<Text>);
id!(sqlite_blob: Uuid, Sqlite, diesel::sqlite::Sqlite, "BLOB NOT NULL PRIMARY KEY" => Binary);

id!(postgres_serial: i32, Postgres, diesel::pg::Pg, "SERIAL PRIMARY KEY" => Int4);
id!(postgres_bigserial: i64, Postgres, diesel::pg::Pg, "BIGSERIAL PRIMARY KEY" => Int8);
id!(postgres_text: Uuid, Postgres, diesel::pg::Pg, "TEXT PRIMARY KEY" => Text);
id!(postgres_char: Uuid, Postgres, diesel::pg::Pg, "CHAR(36) PRIMARY KEY" => Bpchar);
id!(postgres_bytea: Uuid, Postgres, diesel::pg::Pg, "BYTEA PRIMARY KEY" => Bytea);

id!(mysql_integer: i32, Mysql, diesel::mysql::Mysql, "INTEGER AUTO_INCREMENT PRIMARY KEY" => Integer);
id!(mysql_bigint: i64, Mysql, diesel::mysql::Mysql, "BIGINT AUTO_INCREMENT PRIMARY KEY" => Bigint);
id!(mysql_unsigned: i32, Mysql, diesel::mysql::Mysql, "INTEGER UNSIGNED AUTO_INCREMENT PRIMARY KEY" => Unsigned<Integer>);
id!(mysql_unsigned_64: i64, Mysql, diesel::mysql::Mysql, "INTEGER UNSIGNED AUTO_INCREMENT PRIMARY KEY" => Unsigned<Integer>);
id!(mysql_unsigned_bigint: i64, Mysql, diesel::mysql::Mysql, "BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY" => Unsigned<Bigint>);
id!(mysql_binary: Uuid, Mysql, diesel::mysql::Mysql, "BINARY(16) PRIMARY KEY" => Binary);
