//! The app's own table, as the Diesel CLI prints it, with names and a type of its own.
#![allow(missing_docs, reason = "Diesel's `table!` writes none")]

use diesel::connection::SimpleConnection;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Text;
use diesel::{Connection, ExpressionMethods, QueryDsl, RunQueryDsl, SqliteConnection};
use renamed::prelude::*;
use renamed::user::Email;

mod schema {
    diesel::table! {
        knights (id) {
            id -> Integer,
            mail -> Text,
            hashed_password -> Text,
            is_active -> Bool,
            is_superuser -> Bool,
            is_verified -> Bool,
            rank -> Text,
            horse -> Nullable<Text>,
        }
    }
}

/// What a knight is, stored as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rank {
    #[default]
    Squire,
    Knight,
}

type Value<'a> = <diesel::sqlite::Sqlite as diesel::backend::Backend>::RawValue<'a>;

impl ToSql<Text, diesel::sqlite::Sqlite> for Rank {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
        out.set_value(match self {
            Self::Squire => "squire",
            Self::Knight => "knight",
        });
        Ok(IsNull::No)
    }
}

impl FromSql<Text, diesel::sqlite::Sqlite> for Rank {
    fn from_sql(value: Value<'_>) -> deserialize::Result<Self> {
        match <String as FromSql<Text, diesel::sqlite::Sqlite>>::from_sql(value)?.as_str() {
            "squire" => Ok(Self::Squire),
            "knight" => Ok(Self::Knight),
            other => Err(format!("`{other}` is no rank").into()),
        }
    }
}

/// Of the databases that are enabled, `Rank` is for SQLite alone.
#[derive(Clone, Debug, AuthUser)]
#[auth_user(crate = renamed, table = crate::schema::knights)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub struct Knight {
    pub id: i32,
    #[diesel(column_name = mail)]
    pub email: String,
    pub hashed_password: HashedPassword,
    pub is_active: bool,
    pub is_superuser: bool,
    pub is_verified: bool,
    #[auth_user(private, default = Rank::Knight)]
    pub rank: Rank,
    #[auth_user(read, create, update)]
    pub horse: Option<String>,
}

auth_app! {
    pub struct Stable {
        user: Knight,
        database: Sqlite,
        backends: {
            jwt: Bearer + Jwt { lifetime: HOUR },
            stored: Bearer + DatabaseSession { lifetime: HOUR },
        },
    }
}

const TABLE: &str = "CREATE TABLE knights (
    id INTEGER NOT NULL PRIMARY KEY, mail TEXT NOT NULL, hashed_password TEXT NOT NULL, is_active BOOLEAN NOT NULL,
    is_superuser BOOLEAN NOT NULL, is_verified BOOLEAN NOT NULL, rank TEXT NOT NULL, horse TEXT
)";

#[tokio::test(flavor = "multi_thread")]
async fn users_lie_in_the_apps_own_table() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("stable.db").display().to_string();
    let mut database = SqliteConnection::establish(&path).expect("the database opens");
    database.batch_execute(TABLE).expect("a table");

    let stable = Stable::start(StableConfig {
        database: path.into(),
        secret: "excalibur-excalibur-excalibur-excalibur".into(),
        reset_password_token_secret: "holy-grail-holy-grail-holy-grail-holy-grail".into(),
        verification_token_secret: "round-table-round-table-round-table".into(),
    })
    .await
    .expect("the stable opens");
    let of_tokens = diesel::dsl::sql::<Text>(
        "SELECT type || ' ' || \"notnull\" FROM pragma_table_info('session') WHERE name = 'user_id'",
    );
    let user_id = of_tokens.get_result::<String>(&mut database);
    assert_eq!(user_id.expect("a column"), "INTEGER 1", "the tokens' table refers to the id");
    let manager = Manager::for_code(stable);
    let create = |email: &str, horse: Option<&str>| KnightCreate {
        email: email.parse().expect("an address"),
        password: "guinevere".into(),
        is_active: None,
        is_superuser: None,
        is_verified: None,
        horse: horse.map(str::to_owned),
    };
    let arthur = manager.create(create("arthur@camelot.bt", Some("Hengroen"))).await.expect("a knight");
    assert_eq!((arthur.id, arthur.rank), (1, Rank::Knight));
    let taken = manager.create(create("Arthur@camelot.bt", None)).await;
    assert!(taken.is_err_and(|error| error.is_email_taken()), "the index on the lowered address");

    let email: Email = "ARTHUR@camelot.bt".parse().expect("an address");
    let found = manager.user_by_email(&email).await.expect("an answer").expect("a knight");
    assert_eq!((found.id, found.horse.as_deref()), (1, Some("Hengroen")));
    let stored = schema::knights::table
        .filter(schema::knights::mail.eq("arthur@camelot.bt"))
        .select(schema::knights::rank)
        .first::<String>(&mut database);
    assert_eq!(stored.expect("a row"), "knight");
}
