//! The columns of an app's own table that a user's id may lie in.

use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
use uuid::Uuid;

use super::column_type::ColumnType;
use super::dialect::Dialect;
use super::sql_types;
use crate::user::UserId;

/// A user's id that may lie in a column of Diesel's type `ST`, as the app's own table says it.
///
/// Diesel can't be told how `uuid::Uuid` lies in its own types; so the id goes by a type of this crate's where it must.
#[diagnostic::on_unimplemented(
    message = "an id that is `{Self}` does not lie in a column that is `{ST}`",
    label = "not what the table's column holds",
    note = "a `Uuid` lies in `Text`, `Binary` or PostgreSQL's `Uuid`, an `i32` in `Integer`, an `i64` in `BigInt`; \
            on MySQL the numbers may be `Unsigned`"
)]
pub trait IdColumn<ST>: UserId {
    /// The SQL type by which it is read and written.
    type SqlType;

    /// The type as the database spells it, `NOT NULL` included, for the columns that refer to the id.
    fn sql(dialect: Dialect) -> &'static str;
}

/// What the database of a derived table calls the id, where the app's own calls it the same.
macro_rules! as_derived {
    ($($id:ty: $column:ty;)*) => {$(
        impl IdColumn<$column> for $id {
            type SqlType = <$id as ColumnType>::SqlType;

            fn sql(dialect: Dialect) -> &'static str {
                <$id as ColumnType>::sql(dialect)
            }
        }
    )*};
}

as_derived! {
    i32: Integer;
    i64: BigInt;
    Uuid: sql_types::Uuid;
}

#[cfg(feature = "postgres")]
as_derived! {
    Uuid: diesel::sql_types::Uuid;
}

impl IdColumn<Text> for Uuid {
    type SqlType = sql_types::UuidText;

    fn sql(dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Postgres => "VARCHAR(36) NOT NULL",
            Dialect::Sqlite | Dialect::Mysql => "CHAR(36) NOT NULL",
        }
    }
}

impl IdColumn<Binary> for Uuid {
    type SqlType = sql_types::UuidBytes;

    fn sql(dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => "BLOB NOT NULL",
            Dialect::Postgres => "BYTEA NOT NULL",
            Dialect::Mysql => "BINARY(16) NOT NULL",
        }
    }
}

/// MySQL's numbers without a sign. What is too great for the id's own type is an error when it is read.
#[cfg(feature = "mysql")]
macro_rules! unsigned {
    ($($id:ty: $column:ty, $sql:literal;)*) => {$(
        impl IdColumn<diesel::sql_types::Unsigned<$column>> for $id {
            type SqlType = <$id as ColumnType>::SqlType;

            fn sql(_: Dialect) -> &'static str {
                $sql
            }
        }
    )*};
}

#[cfg(feature = "mysql")]
unsigned! {
    i32: Integer, "INTEGER UNSIGNED NOT NULL";
    i64: Integer, "INTEGER UNSIGNED NOT NULL";
    i64: BigInt, "BIGINT UNSIGNED NOT NULL";
}

/// SQLite takes a primary key for one that may be null, unless the table denies it.
impl<ST, T> IdColumn<Nullable<ST>> for T
where
    ST: diesel::sql_types::SqlType<IsNull = diesel::sql_types::is_nullable::NotNull>,
    T: IdColumn<ST>,
{
    type SqlType = T::SqlType;

    fn sql(dialect: Dialect) -> &'static str {
        T::sql(dialect)
    }
}
