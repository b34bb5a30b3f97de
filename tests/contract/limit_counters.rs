//! The tables of counters for limits and of known clients: made where an app wants them and nowhere else, as migrations,
//! too.

use axum_users::app::StartError;
use axum_users::prelude::*;
use axum_users::store::{Compat, Database as _, Store as _, Tables};
use axum_users_tests::{Backend, Database as TestDatabase, Options, Place, Server, Store, on_each_database};

use crate::cast::{ARTHUR, PASSWORD, as_it_is};
use crate::check::lines;
use crate::migrations::{migrations, recorded, schema, wanted};

const COMPAT_MODES: [Compat; 2] = [Compat::None, FastApiUsers];

#[on_each_database]
async fn is_there_where_it_is_wanted() {
    for compat in COMPAT_MODES {
        let [without, with, by_migrations] = [
            TestDatabase::create(Store::current()).await,
            TestDatabase::create(Store::current()).await,
            TestDatabase::create(Store::current()).await,
        ];
        Place::default().open(without.config(), compat, Tables::USERS).await.expect("it opens");
        assert!(!schema(&without).join("\n").contains("limit_counter"));
        let store =
            Place::default().open(with.config(), compat, Tables::LIMIT_COUNTERS).await.expect("it opens");
        assert_eq!(lines(&store.check().await.expect("a report")), Vec::<String>::new());
        assert_eq!(recorded(&with), ["00000000000001", "00000000000003"]);

        let folder = migrations(&wanted(compat).with(Tables::LIMIT_COUNTERS));
        assert_eq!(by_migrations.run_migrations(folder.path()).await.expect("up"), 2);
        assert_eq!(schema(&by_migrations), schema(&with));
        // An app that grows into it.
        Place::default().open(without.config(), compat, Tables::LIMIT_COUNTERS).await.expect("it opens");
        assert_eq!(schema(&without), schema(&with));
    }
}

#[on_each_database]
async fn known_clients_have_a_table_where_it_is_wanted() {
    for compat in COMPAT_MODES {
        let [without, with, by_migrations] = [
            TestDatabase::create(Store::current()).await,
            TestDatabase::create(Store::current()).await,
            TestDatabase::create(Store::current()).await,
        ];
        Place::default().open(without.config(), compat, Tables::USERS).await.expect("it opens");
        assert!(!schema(&without).join("\n").contains("known_client"));
        let store =
            Place::default().open(with.config(), compat, Tables::KNOWN_CLIENTS).await.expect("it opens");
        assert_eq!(lines(&store.check().await.expect("a report")), Vec::<String>::new());
        assert_eq!(recorded(&with), ["00000000000001", "00000000000013"]);

        let folder = migrations(&wanted(compat).with(Tables::KNOWN_CLIENTS));
        assert_eq!(by_migrations.run_migrations(folder.path()).await.expect("up"), 2);
        assert_eq!(schema(&by_migrations), schema(&with));
        // An app that grows into it.
        Place::default().open(without.config(), compat, Tables::KNOWN_CLIENTS).await.expect("it opens");
        assert_eq!(schema(&without), schema(&with));
    }
}

#[on_each_database]
async fn is_missed_where_the_app_may_not_make_it() {
    let database = TestDatabase::create(Store::current()).await;
    Place::default().open(database.config(), Compat::None, Tables::USERS).await.expect("it opens");
    let store =
        as_it_is().open(database.config(), Compat::None, Tables::LIMIT_COUNTERS).await.expect("it opens");
    let report = store.check().await.expect("a report");
    let missing = "there is no table `limit_counter`: the migration `00000000000003_axum_users_limits` makes it, and so \
                   does the app itself with `migrate: true`";
    assert_eq!(report.to_string(), missing);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let migration = report.migration("counters", std::time::SystemTime::now()).expect("a remedy");
    migration.write_to(folder.path()).expect("a folder");
    database.run_migrations(folder.path()).await.expect("up");
    assert_eq!(lines(&store.check().await.expect("a report")), Vec::<String>::new());
}

/// What has all of its rate again need not be kept.
#[on_each_database]
async fn is_cleaned_up() {
    let one = Some(Rate::new(1, HOUR));
    let limits = Limits::OFF.passwords(one).passwords_per_account(one).storage(LimitStorage::Database);
    let server = Server::with(Options { limits: Some(limits), ..Options::default() }).await;
    let rows = || server.database.number("SELECT count(*) AS value FROM limit_counter");
    let known = || server.database.number("SELECT count(*) AS value FROM known_client");
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    assert_eq!(server.client().login(Backend::Jwt, ARTHUR, PASSWORD).await.status, 200);
    // The guesses of all others; its own was right. That the client is known is in a table of its own.
    assert_eq!((rows(), known()), (1, 1));
    assert_eq!(server.client().login(Backend::Jwt, "mordred@camelot.bt", PASSWORD).await.status, 400);
    assert_eq!(rows(), 3);
    let manager = Manager::for_code(server.camelot.clone());
    manager.purge(HOUR).await.expect("a clean-up");
    assert_eq!(rows(), 3);
    server.clock.advance(2 * HOUR);
    manager.purge(HOUR).await.expect("a clean-up");
    assert_eq!((rows(), known()), (0, 1), "a known client is known for longer");
    server.clock.advance(30 * DAY);
    manager.purge(HOUR).await.expect("a clean-up");
    assert_eq!(known(), 0);
}

/// A store that can't count says so when the app starts.
#[test]
fn a_store_without_it_is_told() {
    Store::Memory.run(async {
        let limits = Some(Limits::OFF.storage(LimitStorage::Database));
        let server = Server::of(Options { limits, ..Options::default() }, |_| {}, |setup| setup).await;
        let Err(StartError::Setting(why)) = server.map(drop) else { panic!("it started") };
        assert_eq!(
            why,
            "this store counts nothing for limits: bring counters of your own, `builder().counters(…)`"
        );
    });
}
