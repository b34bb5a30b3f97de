//! Whichever of the enabled databases the address names, chosen when the app starts.

/// The same for each database.
macro_rules! each {
    ($any:ident: $value:expr, $one:ident => $body:expr) => {
        match $value {
            #[cfg(feature = "sqlite")]
            $any::Sqlite($one) => $body,
            #[cfg(feature = "postgres")]
            $any::Postgres($one) => $body,
            #[cfg(feature = "mysql")]
            $any::Mysql($one) => $body,
        }
    };
}

mod rows;
mod store;
mod transaction;

pub use self::rows::AnyRow;
pub use self::store::AnyStore;
pub use self::transaction::{AnyConnection, AnyTransaction};

use self::store::Databases;
use super::backend::SqlBackend;
use super::database_url::DatabaseUrl;
use super::dialect::Dialect;
#[cfg(feature = "mysql")]
use super::mysql::Mysql;
#[cfg(feature = "postgres")]
use super::postgres::Postgres;
use super::row::UserRow;
use super::schema::SchemaSql;
#[cfg(feature = "sqlite")]
use super::sqlite::Sqlite;
use crate::compat::Compat;
use crate::store::{Database, StoreError, Tables};

/// `database: AnyDatabase`: the scheme of its URL says which database it is: `sqlite://`, `postgresql://` or `mysql://`.
///
/// Its settings are set by methods: `AnyDatabase::default().sqlite(Sqlite::default().connections(8))`.
///
/// An app that knows its database names it instead, and its hooks get that database's connection itself.
#[derive(Clone, Debug, Default)]
pub struct AnyDatabase {
    #[cfg(feature = "sqlite")]
    sqlite: Sqlite,
    #[cfg(feature = "postgres")]
    postgres: Postgres,
    #[cfg(feature = "mysql")]
    mysql: Mysql,
}

impl AnyDatabase {
    /// Sets how SQLite is opened.
    #[cfg(feature = "sqlite")]
    #[must_use]
    pub fn sqlite(mut self, sqlite: Sqlite) -> Self {
        self.sqlite = sqlite;
        self
    }

    /// Sets how PostgreSQL is reached.
    #[cfg(feature = "postgres")]
    #[must_use]
    pub fn postgres(mut self, postgres: Postgres) -> Self {
        self.postgres = postgres;
        self
    }

    /// Sets how MySQL or MariaDB is reached.
    #[cfg(feature = "mysql")]
    #[must_use]
    pub fn mysql(mut self, mysql: Mysql) -> Self {
        self.mysql = mysql;
        self
    }
}

impl<U: AnyRow> Database<U> for AnyDatabase {
    type Config = DatabaseUrl;
    type Store = AnyStore<U>;

    async fn open(
        self,
        config: DatabaseUrl,
        compat: Compat,
        tables: Tables,
    ) -> Result<AnyStore<U>, StoreError> {
        let database = match config.scheme() {
            // Without a scheme it is the path of a file.
            #[cfg(feature = "sqlite")]
            Some("sqlite") | None => {
                has_table::<U, diesel::sqlite::Sqlite>("diesel::sqlite::Sqlite")?;
                let schema = SchemaSql::of::<U>(Dialect::Sqlite, compat).with(tables);
                Databases::Sqlite(self.sqlite.open_schema(config, schema).await?)
            }
            #[cfg(feature = "postgres")]
            Some("postgres" | "postgresql") => {
                has_table::<U, diesel::pg::Pg>("diesel::pg::Pg")?;
                let schema = SchemaSql::of::<U>(Dialect::Postgres, compat).with(tables);
                Databases::Postgres(self.postgres.open_schema(config, schema).await?)
            }
            #[cfg(feature = "mysql")]
            Some("mysql") => {
                has_table::<U, diesel::mysql::Mysql>("diesel::mysql::Mysql")?;
                let schema = SchemaSql::of::<U>(Dialect::Mysql, compat).with(tables);
                Databases::Mysql(self.mysql.open_schema(config, schema).await?)
            }
            _ => {
                let why = format!("expected a database URL that begins with {}", SCHEMES.join(" or "));
                return Err(StoreError::Failed(why.into()));
            }
        };
        Ok(AnyStore::new(database))
    }
}

/// Refuses a database in which `U` has no table, for its `check_for_backend` names others alone.
fn has_table<U: UserRow<DB>, DB: SqlBackend>(database: &str) -> Result<(), StoreError> {
    if U::HAS_TABLE {
        return Ok(());
    }
    let user = std::any::type_name::<U>().rsplit("::").next().unwrap_or_default();
    Err(StoreError::Failed(
        format!("`{user}` has no table in the database of the URL\nhelp: add `{database}` to its `check_for_backend`")
            .into(),
    ))
}

/// How the URLs of the enabled databases begin.
const SCHEMES: &[&str] = &[
    #[cfg(feature = "sqlite")]
    "sqlite://",
    #[cfg(feature = "postgres")]
    "postgresql://",
    #[cfg(feature = "mysql")]
    "mysql://",
];
