//! The schema as a migration for the Diesel CLI: it runs up and down, and the app starts on it.

use axum_users::store::Layout;
use axum_users::store::diesel::{Dialect, SchemaSql};
use axum_users_tests::{Backend, CamelotConfig, Options, PlaceConfig, Server, User};
use diesel::sql_types::Text;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::cast::{ARTHUR, PASSWORD, arthur, rows};

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The tables and indexes of the schema, Diesel's and SQLite's own left out.
fn schema(connection: &mut SqliteConnection) -> Vec<String> {
    let names = "SELECT name FROM sqlite_master \
                 WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' \
                 ORDER BY name";
    let names = sql_query(names).load::<Name>(connection).expect("names");
    names.into_iter().map(|Name { name }| name).collect()
}

fn open(server: &Server) -> SqliteConnection {
    let address = server.database.address();
    SqliteConnection::establish(address.trim_start_matches("sqlite://")).expect("the database opens")
}

#[tokio::test(flavor = "multi_thread")]
async fn run_up_and_down() {
    for (layout, tokens) in [(Layout::Own, "access_token"), (Layout::FastApiUsers, "accesstoken")] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let written = SchemaSql::of::<User>(Dialect::Sqlite, layout).migration().write_to(folder.path());
        assert!(written.expect("a migration").starts_with(folder.path()));
        let migrations = FileBasedMigrations::from_path(folder.path()).expect("migrations");

        let options = Options { layout, ..Options::default() };
        let migrate = |config: &mut CamelotConfig| {
            let PlaceConfig::Address(address) = &config.database else { panic!("a file") };
            let path = address.trim_start_matches("sqlite://");
            let mut connection = SqliteConnection::establish(path).expect("the database opens");
            connection.run_pending_migrations(migrations.clone()).expect("up");
            let after = schema(&mut connection);
            assert!(after.iter().any(|name| name == "user") && after.iter().any(|name| name == tokens));
            connection.revert_all_migrations(migrations.clone()).expect("down");
            assert!(schema(&mut connection).is_empty());
            connection.run_pending_migrations(migrations.clone()).expect("up again");
            assert_eq!(schema(&mut connection), after);
        };
        let server = Server::of(options, migrate, |setup| setup).await.expect("the app starts");
        // Nothing was missing, so nothing was made: the app's own schema is that of the migration.
        let fresh = Server::with(Options { layout, ..Options::default() }).await;
        assert_eq!(schema(&mut open(&server)), schema(&mut open(&fresh)));
        arthur(&server).await;
        for backend in Backend::all() {
            let client = server.client().signed_in(backend, ARTHUR, PASSWORD).await;
            assert_eq!(client.get("/users/me").await.status, 200, "{backend:?}");
        }
        assert_eq!(rows(&server).len(), 1);
    }
}
