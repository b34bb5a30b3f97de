//! The table of accounts at other services: how it is made and taken back, what the check says of one that does not
//! fit, and one that FastAPI Users made.

use axum_users::prelude::*;
use axum_users::store::prelude::*;
use axum_users::store::{Compat, Database as _, SchemaReport, StoreError, Tables};
use axum_users_tests::{Database as TestDatabase, Place, PlaceStore, Store, User, on_each_database};

use crate::cast::{ARTHUR, as_it_is};
use crate::check::{lines, on, user_table};
use crate::migrations::{migrations, recorded, schema, wanted};
use crate::oauth_accounts::{account, user};

const FIRST: &str = "00000000000001";
const SECOND: &str = "00000000000002";

async fn open(database: &TestDatabase, compat: Compat) -> PlaceStore {
    Place::default().open(database.config(), compat, Tables::OAUTH_ACCOUNTS).await.expect("it opens")
}

/// What the check says of a database that is opened as it is.
async fn report(database: &TestDatabase, compat: Compat) -> SchemaReport {
    let store = as_it_is().open(database.config(), compat, Tables::OAUTH_ACCOUNTS).await.expect("it opens");
    store.check().await.expect("a report")
}

/// The table as SQLAlchemy makes it for FastAPI Users 15, and its indexes.
fn fastapi_users_table() -> String {
    let id = on("CHAR(36)", "UUID", "CHAR(36)");
    format!(
        "CREATE TABLE oauth_account (id {id} NOT NULL, user_id {id} NOT NULL, oauth_name VARCHAR(100) NOT NULL, \
         access_token VARCHAR(1024) NOT NULL, expires_at INTEGER, refresh_token VARCHAR(1024), \
         account_id VARCHAR(320) NOT NULL, account_email VARCHAR(320) NOT NULL, PRIMARY KEY (id), \
         FOREIGN KEY(user_id) REFERENCES \"user\" (id) ON DELETE cascade); \
         CREATE INDEX ix_oauth_account_oauth_name ON oauth_account (oauth_name); \
         CREATE INDEX ix_oauth_account_account_id ON oauth_account (account_id)"
    )
}

const USER: &str = "00000000-0000-0000-0000-000000000001";

/// A database with a user and that table, of which `part` is `instead`.
async fn made_by_fastapi_users(part: &str, instead: &str) -> TestDatabase {
    let database = TestDatabase::create(Store::current()).await;
    database.execute(&user_table(Store::current()));
    database.execute(&format!(
        "INSERT INTO \"user\" VALUES ('{USER}', '{ARTHUR}', '', TRUE, FALSE, FALSE, NULL, 0, '')"
    ));
    let table = fastapi_users_table();
    assert!(table.contains(part), "{part}");
    database.execute(&table.replace(part, instead));
    database
}

fn insert(id: u8, account_id: &str, rest: &str) -> String {
    format!(
        "INSERT INTO oauth_account (id, user_id, oauth_name, account_id, account_email, access_token, expires_at, \
         refresh_token) VALUES ('00000000-0000-0000-0000-00000000010{id}', '{USER}', 'lake', '{account_id}', \
         '{ARTHUR}', {rest})"
    )
}

/// What MySQL says of a table whose collation is the database's own.
fn of_the_collation(database: &TestDatabase) -> Vec<String> {
    if Store::current() != Store::Mysql {
        return vec![];
    }
    let [collation] = &database.texts(
        "SELECT collation_name AS value FROM information_schema.columns WHERE table_schema = database() \
         AND table_name = 'oauth_account' AND column_name = 'account_id'",
    )[..] else {
        panic!("not one column")
    };
    vec![format!(
        "worth knowing: the column `account_id` of `oauth_account` is compared by `{collation}`, which takes `A` for `a`: \
         of two accounts whose ids differ in no more, one can be linked: `ALTER TABLE `oauth_account` MODIFY account_id \
         VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL`"
    )]
}

fn unique_index() -> &'static str {
    on(
        "CREATE UNIQUE INDEX IF NOT EXISTS ix_oauth_account_oauth_name_account_id ON \"oauth_account\" (oauth_name, \
         account_id)",
        "CREATE UNIQUE INDEX IF NOT EXISTS ix_oauth_account_oauth_name_account_id ON \"oauth_account\" (oauth_name, \
         account_id)",
        "CREATE UNIQUE INDEX ix_oauth_account_oauth_name_account_id ON `oauth_account` (oauth_name, account_id)",
    )
}

#[on_each_database]
async fn the_table_is_made_and_taken_back() {
    for compat in [Compat::None, FastApiUsers] {
        let without = migrations(&wanted(compat));
        let with = migrations(&wanted(compat).with(Tables::OAUTH_ACCOUNTS));
        let database = TestDatabase::create(Store::current()).await;
        assert_eq!(database.run_migrations(without.path()).await.expect("up"), 1);
        let before = schema(&database);
        assert_eq!(
            database.run_migrations(with.path()).await.expect("up"),
            1,
            "the second, for an app that grows"
        );
        let made = schema(&database);
        assert_eq!(report(&database, compat).await.to_string(), "");

        // The app makes the same, on its own or on what is there.
        let fresh = TestDatabase::create(Store::current()).await;
        open(&fresh, compat).await;
        assert_eq!(schema(&fresh), made);
        assert_eq!(fresh.run_migrations(with.path()).await.expect("nothing to do"), 0);
        let grown = TestDatabase::create(Store::current()).await;
        Place::default().open(grown.config(), compat, Tables::USERS).await.expect("it opens");
        assert_eq!((schema(&grown), recorded(&grown)), (before, vec![FIRST.to_owned()]));
        for _ in 0..2 {
            let store = open(&grown, compat).await;
            assert_eq!(
                (&schema(&grown), recorded(&grown)),
                (&made, vec![FIRST.to_owned(), SECOND.to_owned()])
            );
            assert_eq!(store.check().await.expect("a report").to_string(), "");
        }

        database.revert_migrations(with.path()).await.expect("down");
        assert_eq!(schema(&database), Vec::<String>::new());
    }
}

#[on_each_database]
async fn a_missing_table_is_told() {
    for compat in [Compat::None, FastApiUsers] {
        let database = TestDatabase::create(Store::current()).await;
        let store = Place::default().open(database.config(), compat, Tables::USERS).await.expect("it opens");
        assert_eq!(store.check().await.expect("a report").to_string(), "", "nobody wants it");
        let missing = report(&database, compat).await;
        assert_eq!(
            lines(&missing),
            [
                "there is no table `oauth_account`: the migration `00000000000002_axum_users_oauth` makes it, and so does the \
                 app itself with `migrate: true`"
            ]
        );
        let migration = missing.migration("accounts", std::time::SystemTime::now()).expect("a migration");
        let before = schema(&database);
        database.execute(&migration.up);
        let fresh = TestDatabase::create(Store::current()).await;
        open(&fresh, compat).await;
        assert_eq!(schema(&database), schema(&fresh));
        assert_eq!(report(&database, compat).await.to_string(), "");
        database.execute(&migration.down);
        assert_eq!(schema(&database), before);
    }
}

#[on_each_database]
async fn a_table_of_fastapi_users_is_read_and_gets_its_index() {
    let database = made_by_fastapi_users("", "").await;
    database.execute(&insert(1, "7", "'excalibur', 2147483647, 'scabbard'"));
    database.execute(&insert(2, "8", "'clarent', NULL, NULL"));
    let store = open(&database, FastApiUsers).await;
    assert_eq!(lines(&store.check().await.expect("a report")), of_the_collation(&database));
    assert_eq!(recorded(&database), [FIRST, SECOND]);

    let (arthur, found) = store.user_by_oauth_account("lake", "7").await.expect("an answer").expect("a user");
    assert_eq!((arthur.email.as_str(), found.account_email.as_str()), (ARTHUR, ARTHUR));
    assert_eq!(found.access_token, "excalibur");
    assert_eq!((found.expires_at, found.refresh_token.as_deref()), (Some(2_147_483_647), Some("scabbard")));
    let of_arthur = store.oauth_accounts_of(arthur.id).await.expect("accounts");
    let [first, second] = &of_arthur[..] else { panic!("not two") };
    assert!(*first == found);
    assert_eq!(
        (second.access_token.as_str(), second.expires_at, &second.refresh_token),
        ("clarent", None, &None)
    );

    let mut transaction = store.begin().await.expect("a transaction");
    let taken = transaction.insert_oauth_account(account(arthur.id, "lake", "8")).await;
    assert!(matches!(taken, Err(StoreError::AccountTaken)), "{taken:?}");
    drop(transaction);
    let mut transaction = store.begin().await.expect("a transaction");
    assert!(transaction.delete_oauth_account(second.id, arthur.id).await.expect("an answer"));
    transaction.insert_oauth_account(account(arthur.id, "lake", "8")).await.expect("a new account");
    transaction.commit().await.expect("a commit");
    database.execute(&format!("DELETE FROM \"user\" WHERE id = '{USER}'"));
    assert_eq!(database.number("SELECT count(*) AS value FROM oauth_account"), 0);
}

/// A table that FastAPI Users made serves our own layout, too, as far as it goes.
#[on_each_database]
async fn what_is_too_narrow_is_told_and_refused() {
    let database = made_by_fastapi_users("", "").await;
    let store = open(&database, Compat::None).await;
    let is_narrow = |name: &str, live: &str, wanted: &str| {
        format!(
            "worth knowing: the column `{name}` of `oauth_account` is `{live}` where `{wanted}` is wanted: some of the values \
             do not fit, and are refused"
        )
    };
    let mut said = on(
        vec![],
        vec![is_narrow("expires_at", "integer", "BIGINT")],
        vec![is_narrow("expires_at", "int(11)", "BIGINT")],
    );
    said.extend(of_the_collation(&database));
    assert_eq!(lines(&store.check().await.expect("a report")), said);

    let arthur = store.user_by_email(&ARTHUR.parse().expect("an address")).await.expect("an answer");
    let arthur = arthur.expect("a user");
    for (expires_at, length) in [(i64::from(i32::MAX), 1024), (i64::from(i32::MAX) + 1, 1024), (0, 1025)] {
        let new = axum_users::user::OAuthAccount {
            expires_at: Some(expires_at),
            access_token: "x".repeat(length),
            ..account(arthur.id, "lake", "7")
        };
        let mut transaction = store.begin().await.expect("a transaction");
        let written = transaction.insert_oauth_account(new).await;
        let fits = Store::current() == Store::Sqlite || (expires_at == i64::from(i32::MAX) && length == 1024);
        assert!(
            if fits { written.is_ok() } else { matches!(written, Err(StoreError::Refused(_))) },
            "{written:?}"
        );
    }
}

#[on_each_database]
async fn shared_accounts_are_counted() {
    for compat in [Compat::None, FastApiUsers] {
        let database = made_by_fastapi_users("", "").await;
        for (id, account_id) in (0..).zip(["7", "7", "8", "8", "8", "9"]) {
            database.execute(&insert(id, account_id, "'x', NULL, NULL"));
        }
        let store = open(&database, compat).await;
        let report = store.check().await.expect("a report");
        assert_eq!(
            report.errors().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "2 of the accounts in `oauth_account` stand in more than one row: leave each to one; only then can the unique \
                 index on `oauth_name` and `account_id` be made"
            ]
        );
        assert_eq!(recorded(&database), [FIRST], "what is not whole is not recorded");

        database.execute("DELETE FROM oauth_account WHERE account_id IN ('7', '8')");
        let said = |report: &SchemaReport| report.errors().map(ToString::to_string).collect::<Vec<_>>();
        let nothing = format!(
            "nothing in the database keeps the accounts in `oauth_account` unique: `{}`",
            unique_index()
        );
        assert_eq!(said(&store.check().await.expect("a report")), [nothing]);
        let store = open(&database, compat).await;
        assert_eq!(said(&store.check().await.expect("a report")), Vec::<String>::new());
        assert_eq!(recorded(&database), [FIRST, SECOND]);
    }
}

/// Whatever it is called, and in whichever order its columns stand; but not one that keeps more or less apart.
#[on_each_database]
async fn the_apps_own_index_will_do() {
    for (index, will_do) in [
        ("UNIQUE INDEX mine ON oauth_account (account_id, oauth_name)", true),
        ("UNIQUE INDEX mine ON oauth_account (oauth_name, account_id)", true),
        ("UNIQUE INDEX mine ON oauth_account (user_id, oauth_name, account_id)", false),
        ("UNIQUE INDEX mine ON oauth_account (user_id, oauth_name)", false),
        ("INDEX mine ON oauth_account (oauth_name, account_id)", false),
    ] {
        let database = made_by_fastapi_users("", "").await;
        Place::default().open(database.config(), FastApiUsers, Tables::USERS).await.expect("it opens");
        database.execute(&format!("CREATE {index}"));
        let findings = report(&database, FastApiUsers).await;
        assert_eq!(findings.errors().count() == 0, will_do, "{index}: {findings}");
        if !will_do {
            continue;
        }
        let store =
            as_it_is().open(database.config(), FastApiUsers, Tables::OAUTH_ACCOUNTS).await.expect("it opens");
        let arthur: Uuid = USER.parse().expect("an id");
        let mut transaction = store.begin().await.expect("a transaction");
        transaction.insert_oauth_account(account(arthur, "lake", "7")).await.expect("a new account");
        let taken = transaction.insert_oauth_account(account(arthur, "lake", "7")).await;
        assert!(matches!(taken, Err(StoreError::AccountTaken)), "{index}: {taken:?}");
    }
}

/// What the database would refuse in words of its own is left, and said.
#[on_each_database]
async fn a_table_that_lacks_something_is_told() {
    let of_column = |name: &str| {
        vec![format!(
            "the table `oauth_account` has no column `{name}`: add it in a migration of the app's own"
        )]
    };
    let of_the_key =
        |what: &str| vec![format!("the foreign key from `oauth_account.user_id` to `user` {what}")];
    let key = ", FOREIGN KEY(user_id) REFERENCES \"user\" (id) ON DELETE cascade";
    let indexes = "; CREATE INDEX ix_oauth_account_account_id ON oauth_account (account_id)";
    for (part, instead, said) in [
        (" refresh_token VARCHAR(1024),", "", of_column("refresh_token")),
        (key, "", of_the_key("is missing: accounts would stay when their user is deleted")),
        (
            " ON DELETE cascade",
            "",
            of_the_key("has no ON DELETE CASCADE: a user who has accounts can't be deleted"),
        ),
        (indexes, "", vec![]),
        (
            "expires_at INTEGER",
            "expires_at TEXT",
            on(
                vec![],
                vec![
                    "the column `expires_at` of `oauth_account` is `text` where `INTEGER` is wanted: change the column, or \
                     what stands for it in the app"
                        .to_owned(),
                ],
                vec![
                    "the column `expires_at` of `oauth_account` is `text` where `INTEGER` is wanted: change the column, or \
                     what stands for it in the app"
                        .to_owned(),
                ],
            ),
        ),
    ] {
        let database = made_by_fastapi_users(part, instead).await;
        let store = open(&database, FastApiUsers).await;
        let report = store.check().await.expect("a report");
        assert_eq!(report.errors().map(ToString::to_string).collect::<Vec<_>>(), said, "{part}");
    }
    // Without what its indexes lie on, it stays as it is.
    let database = made_by_fastapi_users(indexes, "").await;
    database.execute("ALTER TABLE oauth_account DROP COLUMN account_id");
    let store = open(&database, FastApiUsers).await;
    let report = store.check().await.expect("a report");
    assert_eq!(report.errors().map(ToString::to_string).collect::<Vec<_>>(), of_column("account_id"));
    assert_eq!(recorded(&database), [FIRST]);
}

/// Both keys of the table refer to the user's type, whatever it is.
#[on_each_database]
async fn keys_are_of_the_type_that_the_user_has() {
    let ids = on(&["VARCHAR(36)", "TEXT"][..], &["UUID"], &["CHAR(36) CHARACTER SET latin1", "VARCHAR(36)"]);
    for id in ids {
        let database = TestDatabase::create(Store::current()).await;
        database.execute(&user_table(Store::current()).replace(on("CHAR(36)", "UUID", "CHAR(36)"), id));
        let store = open(&database, Compat::None).await;
        assert_eq!(store.check().await.expect("a report").to_string(), "", "{id}");
        let mut transaction = store.begin().await.expect("a transaction");
        let User { id: arthur, .. } = transaction.insert_user(user(ARTHUR)).await.expect("a new user");
        transaction.insert_oauth_account(account(arthur, "lake", "7")).await.expect("a new account");
        transaction.commit().await.expect("a commit");
        let (found, _) = store.user_by_oauth_account("lake", "7").await.expect("an answer").expect("a user");
        assert_eq!(found.id, arthur, "{id}");
    }
}
