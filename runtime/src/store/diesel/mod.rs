//! Storage on Diesel: how a user's struct lies in a table, and the statements for it.
//!
//! `#[derive(AuthUser)]` gives the data (names, types, values); the statements are ordinary code in here.

#![cfg_attr(
    not(feature = "sqlite"),
    allow(dead_code, reason = "the databases' stores are what uses most of it")
)]

mod column;
mod error;
mod ids;
mod moment;
mod queries;
mod row;
mod schema;
pub mod sql_types;
#[cfg(feature = "sqlite")]
mod sqlite;
mod statement;

pub use self::column::{Column, ColumnType, Dialect, Role};
pub use self::row::{Cells, Changes, UserRow, UserTable, Values};
pub use self::schema::{Migration, SchemaSql};
#[cfg(feature = "sqlite")]
pub use self::sqlite::{Sqlite, SqliteConnection, SqliteStore, SqliteTransaction};
