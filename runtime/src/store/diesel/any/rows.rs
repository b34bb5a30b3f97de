//! Users that have a table in each enabled database.

use super::super::row::UserRow;
#[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
use super::super::row::UserTable;

/// A user that has a table in each enabled database. `#[derive(AuthUser)]` implements it.
pub trait AnyRow: SqliteRow + PostgresRow + MysqlRow {}
impl<U: SqliteRow + PostgresRow + MysqlRow> AnyRow for U {}

/// What `AnyRow` asks of a user for one database: nothing, where that one is not enabled.
macro_rules! row_of {
    ($feature:literal, $name:ident, $backend:path) => {
        #[cfg(feature = $feature)]
        #[doc(hidden)]
        pub trait $name: UserRow<$backend> {}
        #[cfg(feature = $feature)]
        impl<U: UserRow<$backend>> $name for U {}
        #[cfg(not(feature = $feature))]
        #[doc(hidden)]
        pub trait $name: UserTable {}
        #[cfg(not(feature = $feature))]
        impl<U: UserTable> $name for U {}
    };
}

row_of!("sqlite", SqliteRow, diesel::sqlite::Sqlite);
row_of!("postgres", PostgresRow, diesel::pg::Pg);
row_of!("mysql", MysqlRow, diesel::mysql::Mysql);
