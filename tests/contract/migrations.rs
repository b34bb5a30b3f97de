//! The schema as migrations: Diesel's harness runs them up and down, the app runs the same, and each knows of the other.

use axum_users::app::StartError;
use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users::store::diesel::{Dialect, SchemaSql};
use axum_users_tests::{
    Backend, CamelotConfig, Database, Options, Place, Server, Store, User, on_each_database,
};
use tempfile::TempDir;

use crate::cast::{ARTHUR, PASSWORD, arthur, as_it_is, rows, start};
use crate::check::user_table;

const VERSION: &str = "00000000000001";

/// The tests' schema on the database of the running test.
pub(crate) fn wanted(compat: Compat) -> SchemaSql {
    let dialect = match Store::current() {
        Store::Sqlite => Dialect::Sqlite,
        Store::Postgres => Dialect::Postgres,
        Store::Mysql => Dialect::Mysql,
        Store::Memory => panic!("there is no SQL in memory"),
    };
    SchemaSql::of::<User>(dialect, compat)
}

/// The migrations of a schema, in a folder.
pub(crate) fn migrations(schema: &SchemaSql) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for migration in schema.migrations() {
        let written = migration.write_to(folder.path()).expect("a migration");
        assert_eq!(written, folder.path().join(&migration.name));
    }
    folder
}

/// The tables, columns, indexes and foreign keys of a database, Diesel's own left out.
pub(crate) fn schema(database: &Database) -> Vec<String> {
    let sql = match database.store() {
        Store::Sqlite => {
            "SELECT coalesce(sql, name) AS value FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
             AND tbl_name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'"
        }
        Store::Postgres => {
            "SELECT concat_ws(' ', table_name, column_name, data_type, character_maximum_length, is_nullable, \
             is_identity) AS value FROM information_schema.columns WHERE table_schema = current_schema() \
             AND table_name NOT LIKE '\\_\\_diesel%' \
             UNION ALL SELECT replace(indexdef, current_schema() || '.', '') FROM pg_indexes \
             WHERE schemaname = current_schema() AND tablename NOT LIKE '\\_\\_diesel%' \
             UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint \
             WHERE connamespace = current_schema()::regnamespace AND contype = 'f'"
        }
        Store::Mysql => {
            "SELECT concat_ws(' ', table_name, column_name, column_type, collation_name, is_nullable, extra) AS value \
             FROM information_schema.columns \
             WHERE table_schema = database() AND table_name NOT LIKE '\\_\\_diesel%' \
             UNION ALL SELECT concat_ws(' ', table_name, index_name, column_name, non_unique) \
             FROM information_schema.statistics \
             WHERE table_schema = database() AND table_name NOT LIKE '\\_\\_diesel%' \
             UNION ALL SELECT concat_ws(' ', table_name, referenced_table_name, delete_rule) \
             FROM information_schema.referential_constraints WHERE constraint_schema = database()"
        }
        Store::Memory => panic!("there is no SQL in memory"),
    };
    let mut schema = database.texts(sql);
    schema.sort();
    schema
}

/// The versions that Diesel's table records.
pub(crate) fn recorded(database: &Database) -> Vec<String> {
    database.texts("SELECT version AS value FROM __diesel_schema_migrations")
}

#[on_each_database]
async fn run_up_and_down() {
    for compat in [Compat::None, FastApiUsers] {
        let folder = migrations(&wanted(compat));
        let database = Database::create(Store::current()).await;
        assert_eq!(database.run_migrations(folder.path()).await.expect("up"), 1);
        let made = schema(&database);
        let tokens = if compat == Compat::None { "session" } else { "accesstoken" };
        assert!(made.iter().any(|part| part.contains(tokens)), "{made:?}");
        database.revert_migrations(folder.path()).await.expect("down");
        assert_eq!(schema(&database), Vec::<String>::new());
        assert_eq!(database.run_migrations(folder.path()).await.expect("up again"), 1);
        assert_eq!(schema(&database), made);

        // Nothing is missing, so nothing is made: the app's own schema is that of the migration.
        start(&database, compat, Place::default()).await.expect("the app starts");
        assert_eq!(schema(&database), made);
        let fresh = Server::with(Options { compat, ..Options::default() }).await;
        assert_eq!(schema(&fresh.database), made);
        arthur(&fresh).await;
        for backend in Backend::all() {
            let client = fresh.client().signed_in(backend, ARTHUR, PASSWORD).await;
            assert_eq!(client.get("/users/me").await.status, 200, "{backend:?}");
        }
        assert_eq!(rows(&fresh).len(), 1);
    }
}

#[on_each_database]
async fn the_app_and_diesel_know_of_each_other() {
    let folder = migrations(&wanted(Compat::None));
    let database = Database::create(Store::current()).await;
    start(&database, Compat::None, Place::default()).await.expect("the app starts");
    assert_eq!(recorded(&database), [VERSION]);
    assert_eq!(database.run_migrations(folder.path()).await.expect("nothing to do"), 0);
    start(&database, Compat::None, Place::default()).await.expect("it starts again");
    assert_eq!(recorded(&database), [VERSION]);

    database.revert_migrations(folder.path()).await.expect("down");
    assert_eq!(recorded(&database), Vec::<String>::new());
    start(&database, Compat::None, Place::default()).await.expect("it makes all of it again");
    assert_eq!(recorded(&database), [VERSION]);
}

#[on_each_database]
async fn what_was_made_before_there_was_a_record_gets_one() {
    let database = Database::create(Store::current()).await;
    start(&database, Compat::None, Place::default()).await.expect("the app starts");
    let made = schema(&database);
    database.execute("DROP TABLE __diesel_schema_migrations; DROP TABLE ended_token");
    start(&database, Compat::None, Place::default()).await.expect("the app starts");
    assert_eq!((schema(&database), recorded(&database)), (made, vec![VERSION.to_owned()]));
}

/// Each with a pool of its own, on an empty database.
#[on_each_database]
async fn nodes_that_start_at_once_make_one_schema() {
    for compat in [Compat::None, FastApiUsers] {
        let database = std::sync::Arc::new(Database::create(Store::current()).await);
        let mut nodes = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let database = std::sync::Arc::clone(&database);
            nodes.spawn(async move { start(&database, compat, Place::default()).await.map(drop) });
        }
        for node in nodes.join_all().await {
            node.expect("the node starts");
        }
        let fresh = Server::with(Options { compat, ..Options::default() }).await;
        assert_eq!(schema(&database), schema(&fresh.database));
        assert_eq!(recorded(&database), [VERSION]);
    }
}

#[on_each_database]
async fn an_app_that_may_not_make_its_schema_waits_for_the_migrations() {
    let folder = migrations(&wanted(Compat::None));
    let database = Database::create(Store::current()).await;
    let Err(StartError::Schema(report)) = start(&database, Compat::None, as_it_is()).await else {
        panic!("it started without tables")
    };
    let missing = |table: &str| {
        format!(
            "there is no table `{table}`: the migration `00000000000001_axum_users` makes it, and so does the app itself \
             with `migrate: true`"
        )
    };
    let said = report.to_string().lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(said, [missing("user"), missing("session"), missing("ended_token")]);
    assert_eq!(schema(&database), Vec::<String>::new(), "it made something");

    assert_eq!(database.run_migrations(folder.path()).await.expect("up"), 1);
    let camelot = start(&database, Compat::None, as_it_is()).await.expect("the app starts");
    assert!(Manager::for_code(camelot).check().await.expect("a report").findings().is_empty());
}

/// What the report says is missing, its own migration makes as well.
#[on_each_database]
async fn what_is_missing_can_be_made_of_the_report() {
    let database = Database::create(Store::current()).await;
    let Err(StartError::Schema(report)) = start(&database, FastApiUsers, as_it_is()).await else {
        panic!("it started without tables")
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let migration = report.migration("users", std::time::SystemTime::now()).expect("a migration");
    migration.write_to(folder.path()).expect("a folder");
    assert_eq!(database.run_migrations(folder.path()).await.expect("up"), 1);
    let fresh = Server::with(Options { compat: FastApiUsers, ..Options::default() }).await;
    assert_eq!(schema(&database), schema(&fresh.database));
    start(&database, FastApiUsers, as_it_is()).await.expect("the app starts");
    database.revert_migrations(folder.path()).await.expect("down");
    assert_eq!(schema(&database), Vec::<String>::new());
}

/// A foreign key wants the same type on either side, and MySQL the same characters.
#[on_each_database]
async fn tokens_refer_to_the_id_that_is_there() {
    let (ids, live) = match Store::current() {
        Store::Sqlite => (
            &["VARCHAR(36)", "TEXT"][..],
            "SELECT type AS value FROM pragma_table_info('session') WHERE name = 'user_id'",
        ),
        Store::Postgres => (
            &["UUID"][..],
            "SELECT format_type(atttypid, atttypmod) AS value FROM pg_attribute \
             WHERE attrelid = 'session'::regclass AND attname = 'user_id'",
        ),
        Store::Mysql => (
            &["CHAR(36) CHARACTER SET latin1", "VARCHAR(36)", "VARCHAR(36) COLLATE utf8mb4_unicode_ci"][..],
            "SELECT concat(column_type, ' ', character_set_name) AS value FROM information_schema.columns \
             WHERE table_schema = database() AND table_name = 'session' AND column_name = 'user_id'",
        ),
        Store::Memory => panic!("there is no SQL in memory"),
    };
    for id in ids {
        let database = Database::create(Store::current()).await;
        let made = if Store::current() == Store::Postgres { "UUID" } else { "CHAR(36)" };
        database.execute(&user_table(Store::current()).replace(made, id));
        let there = |config: &mut CamelotConfig| config.database = database.config();
        let server = Server::of(Options::default(), there, |setup| setup).await.expect("the app starts");
        assert_eq!(
            Manager::for_code(server.camelot.clone()).check().await.expect("a report").to_string(),
            "",
            "{id}"
        );
        let [live] = &database.texts(live)[..] else { panic!("{id}: no column") };
        let [ty, characters] = [id.split(' ').next(), id.rsplit(' ').next()].map(Option::unwrap_or_default);
        assert!(live.starts_with(&ty.to_lowercase()) || live.starts_with(ty), "{id}: {live}");
        assert!(characters != "latin1" || live.ends_with("latin1"), "{id}: {live}");

        let client = server.client();
        assert_eq!(client.register(ARTHUR, PASSWORD).await.status, 201);
        assert_eq!(client.signed_in(Backend::Db, ARTHUR, PASSWORD).await.get("/users/me").await.status, 200);
    }
}

/// Where all of it is there, nothing is made: an app whose role may read and write rows and no more starts as it is.
#[test]
fn a_whole_schema_is_not_touched() {
    Store::Postgres.run(async {
        let database = Database::create(Store::Postgres).await;
        start(&database, Compat::None, Place::default()).await.expect("the app starts");
        let role = format!("scribe_{}", Uuid::new_v4().simple());
        let [schema] = &database.texts("SELECT current_schema()::text AS value")[..] else {
            panic!("no schema")
        };
        database.execute(&format!(
            "CREATE ROLE {role}; GRANT USAGE ON SCHEMA {schema} TO {role}; \
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}"
        ));
        let of_the_scribe = Database::Postgres(format!("{}%20-crole%3D{role}", database.address()));
        let whole = start(&of_the_scribe, Compat::None, Place::default()).await.map(drop);
        database.execute("DROP TABLE ended_token");
        let refused = start(&of_the_scribe, Compat::None, Place::default()).await.map(drop);
        let checked = start(&of_the_scribe, Compat::None, as_it_is()).await.map(drop);
        database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));

        whole.expect("the app starts");
        let Err(StartError::Store(error)) = refused else { panic!("{refused:?}") };
        let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
        let causes = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
        assert!(causes.contains("run its migrations and set `.migrate(false)`"), "{causes}");
        let lacks = format!("`GRANT CREATE ON SCHEMA \"{schema}\" TO …`");
        assert!(causes.contains(&lacks), "{causes}");
        assert!(matches!(checked, Err(StartError::Schema(_))), "{checked:?}");
    });
}
