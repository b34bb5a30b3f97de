//! An app on its own tables, being served.

use axum_users_tests::{Backend, Client, Database, Serving, Store};
use serde_json::{Value, json};

use crate::{mysql, postgres, sqlite};

pub(crate) const ARTHUR: &str = "arthur@camelot.bt";
pub(crate) const MERLIN: &str = "merlin@camelot.bt";
/// Everybody's password.
pub(crate) const PASSWORD: &str = "guinevere";

/// The app of the test's database, and its tables seen past it.
pub(crate) struct Court {
    pub(crate) database: Database,
    serving: Serving,
}

impl Court {
    pub(crate) async fn open() -> Self {
        let database = Database::create(Store::current()).await;
        database.execute(match database.store() {
            Store::Sqlite => include_str!("sqlite/up.sql"),
            Store::Postgres => include_str!("postgres/up.sql"),
            Store::Mysql => include_str!("mysql/up.sql"),
            Store::Memory => panic!("memory has no tables"),
        });
        database.execute("INSERT INTO banners (name) VALUES ('dragon')");
        Self::serve(database).await
    }

    /// The app, started once more on the same tables.
    pub(crate) async fn restarted(self) -> Self {
        Self::serve(self.database).await
    }

    async fn serve(database: Database) -> Self {
        let routes = match database.store() {
            Store::Sqlite => sqlite::routes(database.address()).await,
            Store::Postgres => postgres::routes(database.address()).await,
            Store::Mysql => mysql::routes(database.address()).await,
            Store::Memory => panic!("memory has no tables"),
        };
        Self { serving: Serving::start(routes).await, database }
    }

    pub(crate) fn client(&self) -> Client {
        self.serving.client()
    }

    /// Arthur, who has registered and signed in at `backend`; and his id.
    pub(crate) async fn arthur(&self, backend: Backend) -> (String, Client) {
        let answer =
            self.client().post_json("/auth/register", knight(ARTHUR, json!({ "handle": "king" }))).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let id = answer.json["id"].as_str().expect("an id").to_owned();
        (id, self.client().signed_in(backend, ARTHUR, PASSWORD).await)
    }

    /// Merlin, who is a superuser, signed in.
    pub(crate) async fn merlin(&self) -> Client {
        let answer =
            self.client().post_json("/auth/register", knight(MERLIN, json!({ "handle": "mage" }))).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        self.database.execute(&format!("UPDATE knights SET is_superuser = TRUE WHERE mail = '{MERLIN}'"));
        self.client().signed_in(Backend::Jwt, MERLIN, PASSWORD).await
    }

    /// How many rows there are.
    pub(crate) fn count(&self, rows: &str) -> i64 {
        self.database.number(&format!("SELECT count(*) AS value FROM {rows}"))
    }
}

/// What registers a knight: `own` is what is said beside the address and the password.
#[expect(clippy::needless_pass_by_value, reason = "`json!` reads best as an argument")]
pub(crate) fn knight(email: &str, own: Value) -> Value {
    let mut body = json!({ "email": email, "password": PASSWORD });
    body.as_object_mut().expect("an object").extend(own.as_object().expect("an object").clone());
    body
}

/// What each app is configured with.
macro_rules! config {
    ($config:ident, $address:expr) => {
        $config {
            database: $address.into(),
            secret: axum_users_tests::SECRET.into(),
            reset_password_token_secret: axum_users_tests::RESET_SECRET.into(),
            verification_token_secret: axum_users_tests::VERIFY_SECRET.into(),
        }
    };
}
pub(crate) use config;
