//! The check: what it says of a schema that does not fit, on each database.

use axum_users::app::{Builder, StartError};
use axum_users::prelude::*;
use axum_users::store::{Compat, SchemaReport};
use axum_users_tests::{
    CHEAP, Camelot, CamelotConfig, Database as TestDatabase, Options, Place, RESET_SECRET, SECRET, Server,
    Serving, Store, VERIFY_SECRET, on_each_database, on_each_store,
};
use serde_json::json;

use crate::cast::{ARTHUR, PASSWORD, arthur, as_it_is, start};

/// The user's table as this crate makes it, but for its index.
pub(crate) fn user_table(store: Store) -> String {
    let id = if store == Store::Postgres { "UUID" } else { "CHAR(36)" };
    format!(
        "CREATE TABLE \"user\" (\"id\" {id} NOT NULL PRIMARY KEY, \"email\" VARCHAR(320) NOT NULL, \
         \"hashed_password\" VARCHAR(1024) NOT NULL, \"is_active\" BOOLEAN NOT NULL, \"is_superuser\" BOOLEAN NOT NULL, \
         \"is_verified\" BOOLEAN NOT NULL, \"display_name\" TEXT, \"credits\" INTEGER NOT NULL, \"notes\" TEXT NOT NULL)"
    )
}

async fn report(camelot: &Camelot) -> SchemaReport {
    Manager::for_code(camelot.clone()).check().await.expect("a report")
}

pub(crate) fn lines(report: &SchemaReport) -> Vec<String> {
    report.findings().iter().map(ToString::to_string).collect()
}

/// What an app says that starts on a table of which `part` is `instead`.
async fn with_column(part: &str, instead: &str) -> Vec<String> {
    let database = TestDatabase::create(Store::current()).await;
    let table = user_table(Store::current());
    assert!(table.contains(part), "{part}");
    database.execute(&table.replace(part, instead));
    match start(&database, Compat::None, Place::default()).await {
        Ok(camelot) => {
            let report = report(&camelot).await;
            assert_eq!(report.errors().count(), 0, "{part}: it started, {report}");
            lines(&report)
        }
        Err(StartError::Schema(report)) => {
            assert!(report.errors().count() > 0, "{part}: it did not start, {report}");
            lines(&report)
        }
        Err(error) => panic!("{part}: {error:?}"),
    }
}

/// What is said on SQLite, PostgreSQL and MySQL.
pub(crate) fn on<T>(sqlite: T, postgres: T, mysql: T) -> T {
    match Store::current() {
        Store::Sqlite => sqlite,
        Store::Postgres => postgres,
        Store::Mysql => mysql,
        Store::Memory => panic!("there is no SQL in memory"),
    }
}

#[on_each_store]
async fn finds_nothing_in_what_the_app_makes() {
    for compat in [Compat::None, FastApiUsers] {
        let server = Server::with(Options { compat, ..Options::default() }).await;
        arthur(&server).await;
        assert_eq!(lines(&report(&server.camelot).await), Vec::<String>::new());
    }
}

#[on_each_database]
async fn tells_types_that_do_not_fit() {
    let is = |name: &str, live: &str, wanted: &str| {
        format!("the column `{name}` of `user` is `{live}` where `{wanted}` is wanted")
    };
    let wrong = |text: String| vec![format!("{text}: change the column, or what stands for it in the app")];
    let narrow =
        |text: String| vec![format!("worth knowing: {text}: some of the values do not fit, and are refused")];
    let loose = |text: String| vec![format!("worth knowing: {text}: the database may change the values")];

    let credits = "\"credits\" INTEGER NOT NULL";
    let said = with_column(credits, "\"credits\" BIGINT NOT NULL").await;
    assert_eq!(said, on(vec![], wrong(is("credits", "bigint", "INTEGER")), vec![]));
    let said = with_column(credits, "\"credits\" SMALLINT NOT NULL").await;
    let (live, wanted) = (on("", "", "smallint(6)"), "INTEGER");
    assert_eq!(
        said,
        on(vec![], wrong(is("credits", "smallint", wanted)), narrow(is("credits", live, wanted)))
    );
    let said = with_column(credits, "\"credits\" TEXT NOT NULL").await;
    assert_eq!(
        said,
        on(
            loose(is("credits", "TEXT", wanted)),
            wrong(is("credits", "text", wanted)),
            wrong(is("credits", "text", wanted))
        )
    );
    let said = with_column("\"is_active\" BOOLEAN", "\"is_active\" INTEGER").await;
    assert_eq!(said, on(vec![], wrong(is("is_active", "integer", "BOOLEAN")), vec![]));
    let said = with_column("VARCHAR(320)", "VARCHAR(255)").await;
    let (text, sql) =
        (on("", "character varying(255)", "varchar(255)"), on("", "VARCHAR(320)", MYSQL_ADDRESS));
    assert_eq!(said, on(vec![], narrow(is("email", text, sql)), narrow(is("email", text, sql))));
}

const MYSQL_ADDRESS: &str = "VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

#[on_each_database]
async fn tells_hashes_and_ids_that_are_cut_off() {
    let said = with_column("VARCHAR(1024)", "VARCHAR(72)").await;
    let short = |live: &str| {
        vec![format!(
            "the column `hashed_password` of `user` is `{live}`, too short for what it holds: widen it to `VARCHAR(1024)`"
        )]
    };
    // SQLite does not count.
    assert_eq!(said, on(vec![], short("character varying(72)"), short("varchar(72)")));
    let said = with_column("VARCHAR(1024)", "VARCHAR(100)").await;
    assert_eq!(said, Vec::<String>::new());
    if Store::current() != Store::Postgres {
        let said = with_column("CHAR(36)", "CHAR(32)").await;
        let live = on("CHAR(32)", "", "char(32)");
        assert_eq!(
            said[0],
            format!(
                "the column `id` of `user` is `{live}`, too short for what it holds: widen it to `VARCHAR(36)`"
            )
        );
    }
}

#[on_each_database]
async fn tells_columns_that_are_missing_unknown_or_null() {
    let said = with_column(", \"credits\" INTEGER NOT NULL", "").await;
    let sql = on(
        "ALTER TABLE \"user\" ADD COLUMN \"credits\" INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE \"user\" ADD COLUMN \"credits\" INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE `user` ADD COLUMN `credits` INTEGER NOT NULL DEFAULT 0",
    );
    assert_eq!(said, [format!("the table `user` has no column `credits`: add it: `{sql}`")]);

    let said = with_column("\"notes\" TEXT NOT NULL", "\"notes\" TEXT").await;
    assert_eq!(
        said,
        [
            "worth knowing: the column `notes` of `user` may be NULL, and a row where it is can't be read: make it NOT NULL, \
          or its field an `Option`"
        ]
    );
    let said = with_column("\"display_name\" TEXT", "\"display_name\" TEXT NOT NULL").await;
    assert_eq!(
        said,
        [
            "the column `display_name` of `user` is NOT NULL, and its field is an `Option`: let the column be NULL, or the \
          field always hold a value"
        ]
    );
    let said = with_column("\"credits\" INTEGER", "\"shoe\" INTEGER NOT NULL, \"credits\" INTEGER").await;
    assert_eq!(
        said,
        [
            "the column `shoe` of `user` is NOT NULL without a default, and the app does not know it: no row can be added. \
          Give it a default, or the struct a field for it"
        ]
    );
    let default = "\"shoe\" INTEGER NOT NULL DEFAULT 42, \"hat\" INTEGER, \"credits\" INTEGER";
    assert_eq!(with_column("\"credits\" INTEGER", default).await, Vec::<String>::new());
    // What can't be made without them is left, and said.
    let said = with_column("\"email\" VARCHAR(320) NOT NULL, ", "").await;
    assert_eq!(said, ["the table `user` has no column `email`: add it in a migration of the app's own"]);
}

#[on_each_database]
async fn tells_tokens_that_do_not_go_with_their_user() {
    let id = on("CHAR(36)", "UUID", "CHAR(36)");
    for (reference, said) in [
        ("", Some("is missing: tokens would stay when their user is deleted")),
        (
            ", FOREIGN KEY (user_id) REFERENCES \"user\" (id)",
            Some("has no ON DELETE CASCADE: a user who has tokens can't be deleted"),
        ),
        (", FOREIGN KEY (user_id) REFERENCES \"user\" (id) ON DELETE CASCADE", None),
    ] {
        let database = TestDatabase::create(Store::current()).await;
        database.execute(&user_table(Store::current()));
        let moment = on("TIMESTAMP", "TIMESTAMPTZ", "DATETIME(6)");
        database.execute(&format!(
            "CREATE TABLE session (id {id} NOT NULL PRIMARY KEY, token VARCHAR(43), salt VARCHAR(43), user_id {id} NOT NULL, \
             backend VARCHAR(100) NOT NULL, fingerprint VARCHAR(43) NOT NULL, created_at {moment} NOT NULL, \
             seen_at {moment} NOT NULL, expires_at {moment} NOT NULL, authenticated_at {moment} NOT NULL, \
             second_factor_at {moment}, methods INTEGER NOT NULL DEFAULT 0, generation INTEGER NOT NULL DEFAULT 0, \
             min_generation INTEGER NOT NULL DEFAULT 0, rotated_at {moment}, is_confirmed BOOLEAN NOT NULL DEFAULT TRUE, \
             is_remembered BOOLEAN NOT NULL DEFAULT TRUE, device VARCHAR(43), ip VARCHAR(45), user_agent VARCHAR(400), \
             name VARCHAR(100), data TEXT, impersonator_id {id}, parent_id {id}{reference})"
        ));
        let started = start(&database, Compat::None, Place::default()).await;
        match (started, said) {
            (Ok(_), None) => {}
            (Err(StartError::Schema(report)), Some(said)) => assert_eq!(
                lines(&report),
                [format!("the foreign key from `session.user_id` to `user` {said}")]
            ),
            (started, said) => panic!("{said:?}: {:?}", started.map(drop)),
        }
    }
}

#[on_each_database]
async fn tells_how_addresses_are_kept_unique() {
    let server = Server::start().await;
    let database = &server.database;
    database.execute(on(
        "DROP INDEX \"ix_user_email_lower\"",
        "DROP INDEX \"ix_user_email_lower\"",
        "DROP INDEX \"ix_user_email_lower\" ON \"user\"",
    ));
    let ours = on(
        "CREATE UNIQUE INDEX IF NOT EXISTS \"ix_user_email_lower\" ON \"user\" (lower(\"email\"))",
        "CREATE UNIQUE INDEX IF NOT EXISTS \"ix_user_email_lower\" ON \"user\" \
         (lower(replace(\"email\", '\u{130}', 'i\u{307}')))",
        "CREATE UNIQUE INDEX `ix_user_email_lower` ON `user` (`email_lower`)",
    );
    let nothing =
        format!("nothing in the database keeps the addresses in `user` unique in any case: `{ours}`");
    assert_eq!(lines(&report(&server.camelot).await).as_slice(), std::slice::from_ref(&nothing));
    database.execute("CREATE UNIQUE INDEX plain ON \"user\" (\"email\")");
    assert_eq!(lines(&report(&server.camelot).await), [nothing], "case still counts");

    // The app's own index will do; it need not be what finds an address.
    database.execute(on(
        "CREATE UNIQUE INDEX mine ON \"user\" (LOWER( email ))",
        "CREATE UNIQUE INDEX mine ON \"user\" (LOWER( email ))",
        "CREATE UNIQUE INDEX mine ON \"user\" (\"email_lower\")",
    ));
    let slow = format!(
        "worth knowing: no index finds an address in `user`, so that each sign-in reads the whole table: `{ours}`"
    );
    let said = on(vec![], vec![slow], vec![]);
    assert_eq!(lines(&report(&server.camelot).await), said);
    let camelot = start(database, Compat::None, as_it_is()).await.expect("the app starts");
    let client = Serving::start(camelot.routes().with_state(camelot.clone())).await;
    let client = client.client();
    assert_eq!(client.register(ARTHUR, PASSWORD).await.status, 201);
    let taken = json!("REGISTER_USER_ALREADY_EXISTS");
    client.register(&ARTHUR.to_uppercase(), PASSWORD).await.refuses(400, taken);
}

/// The app says how many they are, and whose they are it keeps to itself.
#[on_each_database]
async fn counts_addresses_that_differ_in_case_alone() {
    for compat in [Compat::None, FastApiUsers] {
        let database = TestDatabase::create(Store::current()).await;
        database.execute(&user_table(Store::current()));
        if Store::current() == Store::Mysql {
            // As a table of FastAPI Users may be, where case counts.
            database
                .execute("ALTER TABLE \"user\" MODIFY \"email\" VARCHAR(320) COLLATE utf8mb4_bin NOT NULL");
        }
        let mut id = 0;
        for email in ["Arthur@camelot.bt", ARTHUR, "KAY@camelot.bt", "kay@camelot.bt", "bors@camelot.bt"] {
            id += 1;
            database.execute(&format!(
                "INSERT INTO \"user\" VALUES ('00000000-0000-0000-0000-00000000000{id}', '{email}', '', TRUE, FALSE, \
                 FALSE, NULL, 0, '')"
            ));
        }
        let Err(StartError::Schema(report)) = start(&database, compat, Place::default()).await else {
            panic!("it started with two users of one address")
        };
        assert_eq!(
            report.errors().next().map(ToString::to_string).as_deref(),
            Some(
                "2 of the addresses in `user` belong to more than one user, for they differ in case alone: leave each to \
                 one; only then can the unique index on `email` in lower case be made"
            )
        );
        assert!(!report.to_string().contains("camelot"), "{report}");
        // The rest is there already.
        assert_eq!(report.findings().len(), 1, "{report}");

        database.execute("DELETE FROM \"user\" WHERE email IN ('Arthur@camelot.bt', 'KAY@camelot.bt')");
        start(&database, compat, Place::default()).await.expect("the app starts");
        assert_eq!(database.number("SELECT count(*) AS value FROM __diesel_schema_migrations"), 1);
    }
}

#[on_each_database]
async fn tells_what_only_one_database_has() {
    let server = Server::start().await;
    match Store::current() {
        Store::Mysql => {
            server.database.execute("ALTER TABLE ended_token ENGINE = MyISAM");
            let said = "the table `ended_token` is kept by MyISAM, which has no transactions: `ALTER TABLE `ended_token` \
                        ENGINE = InnoDB`";
            assert_eq!(lines(&report(&server.camelot).await), [said]);
        }
        Store::Postgres => {
            // A domain is what it lies on; a type of one's own is not text.
            server.database.execute(
                "CREATE DOMAIN nick AS TEXT CHECK (VALUE <> ''); CREATE TYPE rank AS ENUM ('knight'); \
                 ALTER TABLE \"user\" ALTER display_name TYPE nick, ALTER notes TYPE rank USING 'knight'",
            );
            let said = "the column `notes` of `user` is `rank` where `TEXT` is wanted: change the column, or what stands \
                        for it in the app";
            assert_eq!(lines(&report(&server.camelot).await), [said]);
        }
        Store::Sqlite => {
            server.database.execute("ALTER TABLE \"user\" ADD COLUMN \"shoe\" INTEGER NOT NULL DEFAULT 1");
            assert_eq!(lines(&report(&server.camelot).await), Vec::<String>::new());
        }
        Store::Memory => panic!("there is no SQL in memory"),
    }
}

#[on_each_database]
async fn tells_a_database_of_fastapi_users_from_its_own() {
    let database = TestDatabase::create(Store::current()).await;
    start(&database, FastApiUsers, Place::default()).await.expect("the app starts");
    let camelot = start(&database, Compat::None, Place::default()).await.expect("the app starts");
    assert_eq!(
        lines(&report(&camelot).await),
        [
            "worth knowing: there is a table `accesstoken`, as FastAPI Users makes it: the app reads its tokens with \
          `compat: FastApiUsers`"
        ]
    );
}

#[on_each_store]
async fn tells_of_settings() {
    let database = TestDatabase::create(Store::current()).await;
    let config = || CamelotConfig {
        database: database.config(),
        secret: "SECRET".into(),
        reset_password_token_secret: RESET_SECRET.into(),
        verification_token_secret: "SECRET".into(),
    };
    let camelot = Builder::new(Place::default()).compat(FastApiUsers).hasher(CHEAP).start(config()).await;
    assert_eq!(
        lines(&report(&camelot.expect("the app starts")).await),
        ["secret", "verification_token_secret"]
            .map(|name| format!("worth knowing: `{name}` is shorter than 32 bytes: change it when you can"))
    );
    assert!(SECRET.len() >= 32 && VERIFY_SECRET.len() >= 32);
    let refused = Builder::new(Place::default()).hasher(CHEAP).start(config()).await.map(|_: Camelot| ());
    assert!(matches!(refused, Err(StartError::WeakSecret("secret"))), "{refused:?}");
}
