//! Storage on Diesel: how a user's struct lies in a table, and the statements for it.
//!
//! `#[derive(AuthUser)]` gives the data (names, types, values); the statements are ordinary code in here.

#![cfg_attr(
    not(any(feature = "sqlite", feature = "postgres", feature = "mysql")),
    allow(dead_code, reason = "the databases' stores are what uses most of it")
)]

#[cfg(any(feature = "postgres", feature = "mysql"))]
#[cfg_attr(
    not(feature = "tls"),
    allow(dead_code, reason = "a build without TLS only says that it is missing")
)]
mod address;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod any;
mod backend;
mod catalog;
mod cells;
mod check;
mod column;
mod column_type;
mod connection;
mod counters;
mod database;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
mod database_url;
mod dialect;
mod ended;
mod error;
mod id_column;
mod ids;
mod inferred;
mod known;
mod migrate;
mod moment;
#[cfg(feature = "mysql")]
mod mysql;
mod patience;
mod pool;
#[cfg(feature = "postgres")]
mod postgres;
mod queries;
mod reads;
mod row;
mod schema;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod server_settings;
mod session;
mod sql_store;
pub mod sql_types;
mod sql_value;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(feature = "sqlite")]
mod sqlite_url;
mod statement;
mod store_error;
#[cfg(all(feature = "tls", any(feature = "postgres", feature = "mysql")))]
mod tls;
mod transaction;
mod value;
#[cfg(feature = "mysql")]
mod watch;

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use self::any::{AnyConnection, AnyDatabase, AnyRow, AnyStore, AnyTransaction};
pub use self::backend::SqlBackend;
pub use self::cells::Cells;
pub use self::column::{Column, Role};
pub use self::column_type::ColumnType;
pub use self::connection::DatabaseConnection;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use self::database_url::DatabaseUrl;
pub use self::dialect::Dialect;
pub(in crate::store) use self::error::is_unavailable;
pub use self::id_column::IdColumn;
#[doc(hidden)]
pub use self::inferred::{ByColumnType, ByNobody, Inferred};
#[cfg(feature = "mysql")]
pub use self::mysql::{Mysql, MysqlConnection, MysqlStore, MysqlTransaction};
#[cfg(feature = "postgres")]
pub use self::postgres::{Postgres, PostgresConnection, PostgresStore, PostgresTransaction};
#[doc(hidden)]
pub use self::row::no_table;
pub use self::row::{Changes, TableIn, UserRow, UserTable, Values};
pub use self::schema::SchemaSql;
pub use self::sql_store::{SqlStore, SqlTransaction};
#[doc(hidden)]
pub use self::sql_value::{ReadSql, WriteSql};
#[cfg(feature = "sqlite")]
pub use self::sqlite::{Sqlite, SqliteConnection, SqliteStore, SqliteTransaction};
pub use self::value::Value;
pub use crate::store::Migration;
