//! Who plays in the tests, and what the database holds of them.

use axum_users::app::{Builder, StartError};
use axum_users::limit::Limits;
use axum_users::manager::Manager;
use axum_users::store::Compat;
use axum_users::store::diesel::{AnyDatabase, Mysql, Postgres, Sqlite};
use axum_users_tests::{
    Backend, CHEAP, Camelot, CamelotConfig, Client, Database, Options, Place, RESET_SECRET, Row, SECRET,
    Server, User, UserCreate, UserUpdate, VERIFY_SECRET,
};
use serde_json::{Value, json};

pub(crate) const ARTHUR: &str = "arthur@camelot.bt";
pub(crate) const GALAHAD: &str = "galahad@camelot.bt";
pub(crate) const MERLIN: &str = "merlin@camelot.bt";
/// Everybody's password.
pub(crate) const PASSWORD: &str = "guinevere";
/// [`PASSWORD`] by bcrypt, which a login upgrades.
pub(crate) const BCRYPT: &str = "$2b$04$KTWRXAh/B0bFPEIIUhsEqubpR.wbJhqB/OmO8YJECQa364ifnZ15C";

/// What makes a user in an app of a test's own.
pub(crate) fn create(email: &str, password: &str) -> UserCreate {
    User::create(email.parse().expect("an email"), password)
}

/// A server for each way in which tokens lie in storage.
pub(crate) async fn each_layout() -> [Server; 2] {
    [in_layout(Compat::None).await, in_layout(Compat::FastApiUsers).await]
}

async fn in_layout(compat: Compat) -> Server {
    Server::with(Options { compat, ..Options::default() }).await
}

/// The tests' app on a database that may have been used before.
pub(crate) async fn start(database: &Database, compat: Compat, place: Place) -> Result<Camelot, StartError> {
    let config = CamelotConfig {
        database: database.config(),
        secret: SECRET.into(),
        reset_password_token_secret: RESET_SECRET.into(),
        verification_token_secret: VERIFY_SECRET.into(),
    };
    Builder::new(place).compat(compat).hasher(CHEAP).limits(Limits::OFF).start(config).await
}

/// Databases that are opened as they are, whatever they lack.
pub(crate) fn as_it_is() -> Place {
    let databases = AnyDatabase::default()
        .sqlite(Sqlite::default().migrate(false))
        .postgres(Postgres::default().migrate(false))
        .mysql(Mysql::default().migrate(false));
    Place { databases, ..Place::default() }
}

/// An active user without any rights.
pub(crate) async fn arthur(server: &Server) -> User {
    server.user(ARTHUR, PASSWORD, |_| {}).await
}

/// The same, signed in.
pub(crate) async fn arthur_signed_in(server: &Server) -> (User, Client) {
    let user = arthur(server).await;
    (user, server.client().signed_in(Backend::Jwt, ARTHUR, PASSWORD).await)
}

/// A superuser, signed in.
pub(crate) async fn merlin_signed_in(server: &Server) -> (User, Client) {
    let user = server.user(MERLIN, PASSWORD, |user| user.is_superuser = Some(true)).await;
    (user, server.client().signed_in(Backend::Jwt, MERLIN, PASSWORD).await)
}

/// Takes a user's right to sign in away, from code.
pub(crate) async fn deactivate(server: &Server, user: &User) {
    let update = UserUpdate { is_active: Some(false), ..UserUpdate::default() };
    let manager = Manager::for_code(server.camelot.clone());
    manager.update_user(user.clone(), update, None).await.expect("an update");
}

/// A user as answers show it.
pub(crate) fn shown(user: &User) -> Value {
    json!({
        "id": user.id.to_string(),
        "email": user.email,
        "is_active": user.is_active,
        "is_superuser": user.is_superuser,
        "is_verified": user.is_verified,
        "display_name": user.display_name,
        "credits": user.credits,
    })
}

/// `object` with other values for some of its fields.
#[expect(clippy::needless_pass_by_value, reason = "`json!` reads best as an argument")]
pub(crate) fn with(mut object: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().expect("an object") {
        object[name] = value.clone();
    }
    object
}

/// Everyone in the store.
pub(crate) fn rows(server: &Server) -> Vec<Row> {
    server.database.rows()
}
