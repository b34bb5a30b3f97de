//! The check: what it says of rights, row security, and databases whose text is not Unicode.

use axum_users::app::StartError;
use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users_tests::{Database as TestDatabase, Place, Store, User};

use crate::cast::{ARTHUR, PASSWORD, as_it_is, create, start};
use crate::check::lines;

/// Starts an app at `place`. Returns whether it starts, and the lines of its report.
async fn said(database: &TestDatabase, place: Place) -> (bool, Vec<String>) {
    match start(database, Compat::None, place).await {
        Ok(camelot) => (true, lines(&Manager::for_code(camelot).check().await.expect("a report"))),
        Err(StartError::Schema(report)) => (false, lines(&report)),
        Err(error) => panic!("{error:?}"),
    }
}

/// A role that may read and write all rows of an app's tables in PostgreSQL, and no more.
struct Scribe {
    database: TestDatabase,
    schema: String,
    role: String,
}

impl Scribe {
    async fn hire() -> Self {
        let database = TestDatabase::create(Store::Postgres).await;
        start(&database, Compat::None, Place::default()).await.expect("the app starts");
        let schema = database.texts("SELECT current_schema()::text AS value").pop().expect("a schema");
        let role = format!("scribe_{}", Uuid::new_v4().simple());
        database.execute(&format!(
            "CREATE ROLE {role}; GRANT USAGE ON SCHEMA {schema} TO {role}; \
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}"
        ));
        Self { database, schema, role }
    }

    /// The database as this role reaches it.
    fn desk(&self) -> TestDatabase {
        TestDatabase::Postgres(format!("{}%20-crole%3D{}", self.database.address(), self.role))
    }

    /// Starts an app as this role. Returns whether it starts, and the lines of its report.
    async fn said(&self) -> (bool, Vec<String>) {
        said(&self.desk(), as_it_is()).await
    }

    /// The same for an app that makes what its schema lacks.
    async fn said_with_migrate(&self) -> (bool, Vec<String>) {
        said(&self.desk(), Place::default()).await
    }

    /// Why an app that makes what its schema lacks does not start as this role, all causes in one line.
    async fn refused(&self) -> String {
        let Err(StartError::Store(error)) =
            start(&self.desk(), Compat::None, Place::default()).await.map(drop)
        else {
            panic!("it started, or was checked");
        };
        let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
        causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
    }

    /// Runs a statement after replacing `{role}` and `{schema}` with their names.
    fn execute(&self, sql: &str) {
        self.database.execute(&sql.replace("{role}", &self.role).replace("{schema}", &self.schema));
    }
}

impl Drop for Scribe {
    fn drop(&mut self) {
        self.execute("DROP OWNED BY {role}; DROP ROLE {role}");
    }
}

#[test]
fn revoked_rights_are_told_on_postgres() {
    Store::Postgres.run(async {
        let scribe = Scribe::hire().await;
        assert_eq!(scribe.said().await, (true, vec![]));
        // The app may be meant to lack these: only some of its routes need them.
        scribe.execute("REVOKE DELETE ON \"user\" FROM {role}");
        let delete = "the app's role in the database lacks DELETE on `user`: `GRANT DELETE ON \"user\" TO …`";
        assert_eq!(scribe.said().await, (true, vec![format!("worth knowing: {delete}")]));
        scribe.execute("REVOKE INSERT, DELETE ON ended_token FROM {role}");
        let ended = "the app's role in the database lacks INSERT, DELETE on `ended_token`: \
                     `GRANT INSERT, DELETE ON \"ended_token\" TO …`";
        assert_eq!(scribe.said().await, (false, vec![ended.to_owned(), format!("worth knowing: {delete}")]));
        scribe.execute("REVOKE ALL ON \"user\" FROM {role}; GRANT INSERT, DELETE ON ended_token TO {role}");
        let all = "the app's role in the database lacks SELECT, INSERT, UPDATE, DELETE on `user`: \
                   `GRANT SELECT, INSERT, UPDATE, DELETE ON \"user\" TO …`";
        assert_eq!(scribe.said().await, (false, vec![all.to_owned()]));
        // Rights on columns are rights.
        scribe.execute(
            "GRANT SELECT (id, hashed_password), INSERT (id), UPDATE (id), DELETE ON \"user\" TO {role}",
        );
        assert_eq!(scribe.said().await, (true, vec![]));
        scribe.execute("REVOKE USAGE ON SCHEMA {schema} FROM {role}");
        let closed = format!(
            "the app's role may not use the schema `{0}` on its search path, and finds no table there: \
             `GRANT USAGE ON SCHEMA \"{0}\" TO …`",
            scribe.schema
        );
        assert_eq!(scribe.said().await, (false, vec![closed.clone()]));
        assert_eq!(scribe.said_with_migrate().await, (false, vec![closed]));
    });
}

/// The error names the schema and the `GRANT` to run, as the check does.
#[test]
fn a_migration_without_rights_names_the_grant_on_postgres() {
    Store::Postgres.run(async {
        let scribe = Scribe::hire().await;
        let sealed = format!(
            "the app's role may not create tables in the schema `{0}`: `GRANT CREATE ON SCHEMA \"{0}\" TO …`",
            scribe.schema
        );
        // Nothing is lacking, so nothing has to be made.
        assert_eq!(scribe.said_with_migrate().await, (true, vec![]));
        scribe.execute("DROP TABLE __diesel_schema_migrations");
        assert!(scribe.refused().await.contains(&sealed));
        scribe.execute("DROP TABLE ended_token");
        let refused = scribe.refused().await;
        assert!(refused.contains(&sealed) && refused.contains("set `.migrate(false)`"), "{refused}");
        scribe.execute("DROP TABLE session, \"user\"");
        assert!(scribe.refused().await.contains(&sealed));
        // A closed schema before the one that is used may hold the tables.
        scribe.execute("CREATE SCHEMA {schema}_closed");
        scribe.execute("ALTER ROLE {role} SET search_path = {schema}_closed, {schema}");
        scribe.execute("GRANT CREATE ON SCHEMA {schema} TO {role}");
        assert_eq!(scribe.said_with_migrate().await, (true, vec![]));
        scribe.execute("DROP TABLE session, ended_token, \"user\" CASCADE");
        scribe.execute("DROP SCHEMA {schema} CASCADE; DROP SCHEMA {schema}_closed");
        let missing =
            "no schema on the app's search path exists: `CREATE SCHEMA …`, or set another `search_path`";
        assert!(scribe.refused().await.contains(missing));
        scribe.execute("CREATE SCHEMA {schema}");
    });
}

#[test]
fn row_security_without_a_policy_is_told() {
    Store::Postgres.run(async {
        let scribe = Scribe::hire().await;
        let hidden = |table: &str, commands: &str| {
            format!(
                "row security is on for `{table}`, and no policy lets the app's role {commands}: the database hides and \
                 refuses the rows. Add a policy, or exempt the role: `ALTER ROLE … BYPASSRLS`"
            )
        };
        scribe.execute("ALTER TABLE \"user\" ENABLE ROW LEVEL SECURITY");
        scribe.execute("ALTER TABLE session ENABLE ROW LEVEL SECURITY");
        let all = "SELECT, INSERT, UPDATE, DELETE";
        assert_eq!(scribe.said().await, (false, vec![hidden("user", all), hidden("session", all)]));
        scribe.execute("CREATE POLICY all_tokens ON session TO {role} USING (true)");
        scribe.execute("CREATE POLICY reads ON \"user\" FOR SELECT USING (true)");
        scribe.execute("CREATE POLICY others ON \"user\" FOR UPDATE TO tester USING (true)");
        let rest = format!("worth knowing: {}", hidden("user", "INSERT, UPDATE, DELETE"));
        assert_eq!(scribe.said().await, (true, vec![rest]));
        scribe.execute("CREATE POLICY writes ON \"user\" USING (true)");
        assert_eq!(scribe.said().await, (true, vec![]));
        // Its owner is not held by it.
        assert_eq!(said(&scribe.database, Place::default()).await, (true, vec![]));
    });
}

#[test]
fn revoked_rights_are_told_on_mysql() {
    Store::Mysql.run(async {
        let database = TestDatabase::create(Store::Mysql).await;
        start(&database, Compat::None, Place::default()).await.expect("the app starts");
        let (user, address) = (format!("scribe_{}", &Uuid::new_v4().simple().to_string()[..12]), database.address());
        let (_, name) = address.rsplit_once('/').expect("a path");
        let (_, host) = address.rsplit_once('@').expect("a host");
        database.execute(&format!("CREATE USER {user}@'%' IDENTIFIED BY 'quill'"));
        let grant = |rights: &str, table: &str| {
            database.execute(&format!("GRANT {rights} ON {name}.{table} TO {user}@'%'"));
        };
        grant("SELECT, INSERT, UPDATE", "\"user\"");
        grant("SELECT, UPDATE, DELETE", "session");
        let scribe = TestDatabase::Mysql(format!("mysql://{user}:quill@{host}"));
        let before = said(&scribe, as_it_is()).await;
        grant("INSERT", "session");
        grant("SELECT, INSERT, UPDATE, DELETE", "ended_token");
        grant("SELECT", "__diesel_schema_migrations");
        let after = said(&scribe, Place::default()).await;
        database.execute(&format!("DROP USER {user}@'%'"));
        let delete =
            "worth knowing: the app's role in the database lacks DELETE on `user`: `GRANT DELETE ON `user` TO …`";
        let insert = "the app's role in the database lacks INSERT on `session`: `GRANT INSERT ON `session` TO …`";
        let none = "the app's role in the database has no right on `ended_token`, if that is there: \
                    `GRANT SELECT, INSERT, UPDATE, DELETE ON `ended_token` TO …`";
        let expected = [insert, none, delete].map(str::to_owned).to_vec();
        assert_eq!(before, (false, expected));
        assert_eq!(after, (true, vec![delete.to_owned()]));
    });
}

/// A database of PostgreSQL's of another encoding or LC_CTYPE, which goes with the test.
struct Foreign {
    server: TestDatabase,
    name: String,
}

impl Foreign {
    async fn create(settings: &str) -> Self {
        let server = TestDatabase::create(Store::Postgres).await;
        let name = format!("foreign_{}", Uuid::new_v4().simple());
        server.execute(&format!("CREATE DATABASE {name} TEMPLATE template0 LC_COLLATE 'C' {settings}"));
        Self { server, name }
    }

    fn database(&self) -> TestDatabase {
        let url = Store::Postgres.url().expect("a server");
        let (server, _) = url.rsplit_once('/').expect("a path");
        TestDatabase::Postgres(format!("{server}/{}", self.name))
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        self.server.execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

#[test]
fn databases_whose_text_is_not_unicode_are_told() {
    Store::Postgres.run(async {
        for (settings, told) in [
            ("ENCODING 'UTF8' LC_CTYPE 'C.UTF-8'", None),
            (
                "ENCODING 'UTF8' LC_CTYPE 'C'",
                Some("the database's LC_CTYPE folds the case of ASCII letters only"),
            ),
            ("ENCODING 'SQL_ASCII' LC_CTYPE 'C'", Some("the database has the encoding `SQL_ASCII`, ")),
        ] {
            let foreign = Foreign::create(settings).await;
            let database = foreign.database();
            let camelot = start(&database, Compat::None, Place::default()).await.expect(settings);
            let lines = lines(&Manager::for_code(camelot.clone()).check().await.expect("a report"));
            assert_eq!(lines.len(), usize::from(told.is_some()), "{settings}: {lines:?}");
            for line in lines {
                assert!(line.starts_with(&format!("worth knowing: {}", told.unwrap_or_default())), "{line}");
            }
            let arthur: User =
                Manager::for_code(camelot).create(create(ARTHUR, PASSWORD)).await.expect("a new user");
            assert_eq!(arthur.email, ARTHUR);
        }
    });
}

/// This crate's own statements can't be written in them.
#[test]
fn databases_of_other_encodings_are_refused() {
    Store::Postgres.run(async {
        for place in [Place::default(), as_it_is()] {
            let foreign = Foreign::create("ENCODING 'LATIN1' LC_CTYPE 'C'").await;
            let Err(StartError::Store(error)) =
                start(&foreign.database(), Compat::None, place).await.map(drop)
            else {
                panic!("it started");
            };
            let reason = std::error::Error::source(&error).expect("a reason").to_string();
            assert!(reason.starts_with("the database has the encoding `LATIN1`, "), "{reason}");
        }
    });
}

/// It changes how PostgreSQL spells the types and expressions that the check compares.
#[test]
fn quoted_identifiers_are_understood() {
    Store::Postgres.run(async {
        let database = TestDatabase::create(Store::Postgres).await;
        let quoting = format!("{}%20-cquote_all_identifiers%3Don", database.address());
        let quoting = TestDatabase::Postgres(quoting);
        for _ in 0..2 {
            assert_eq!(said(&quoting, Place::default()).await, (true, vec![]));
        }
        assert_eq!(said(&database, Place::default()).await, (true, vec![]));
    });
}
