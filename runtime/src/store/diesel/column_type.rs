//! Types of columns: the SQL type of each Rust type, and its spelling in each database.

use diesel::sql_types::{BigInt, Binary, Bool, Double, Float, Integer, Nullable, SmallInt, Text};

use super::dialect::Dialect;
use super::sql_types;
use crate::clock::Timestamp;
use crate::secret::HashedPassword;

/// A Rust type that a field of the user can have.
#[diagnostic::on_unimplemented(
    message = "no column type is known for `{Self}`",
    label = "which SQL type is this?",
    note = "say it: `#[auth_user(sql_type = diesel::sql_types::Text, column = \"TEXT NOT NULL\", …)]`"
)]
pub trait ColumnType {
    /// Diesel's SQL type for it.
    type SqlType;

    /// Returns the type as the database spells it, `NOT NULL` included.
    fn sql(dialect: Dialect) -> &'static str;

    /// Returns the same as [`sql`](Self::sql), for a nullable column.
    fn nullable_sql(dialect: Dialect) -> &'static str;
}

/// One line for each type: the Rust type, Diesel's type, and its spelling in each database.
macro_rules! column_types {
    ($($rust:ty => $sql_type:ty, $sqlite:literal, $postgres:literal, $mysql:literal;)*) => {$(
        impl ColumnType for $rust {
            type SqlType = $sql_type;

            fn sql(dialect: Dialect) -> &'static str {
                match dialect {
                    Dialect::Sqlite => concat!($sqlite, " NOT NULL"),
                    Dialect::Postgres => concat!($postgres, " NOT NULL"),
                    Dialect::Mysql => concat!($mysql, " NOT NULL"),
                }
            }

            fn nullable_sql(dialect: Dialect) -> &'static str {
                match dialect {
                    Dialect::Sqlite => $sqlite,
                    Dialect::Postgres => $postgres,
                    Dialect::Mysql => $mysql,
                }
            }
        }
    )*};
}

column_types! {
    bool => Bool, "BOOLEAN", "BOOLEAN", "BOOLEAN";
    i16 => SmallInt, "SMALLINT", "SMALLINT", "SMALLINT";
    i32 => Integer, "INTEGER", "INTEGER", "INTEGER";
    i64 => BigInt, "INTEGER", "BIGINT", "BIGINT";
    f32 => Float, "REAL", "REAL", "FLOAT";
    f64 => Double, "DOUBLE", "DOUBLE PRECISION", "DOUBLE";
    String => Text, "TEXT", "TEXT", "TEXT";
    Vec<u8> => Binary, "BLOB", "BYTEA", "BLOB";
    HashedPassword => Text, "VARCHAR(1024)", "VARCHAR(1024)", "VARCHAR(1024)";
    Timestamp => sql_types::Moment, "TIMESTAMP", "TIMESTAMPTZ", "DATETIME(6)";
    uuid::Uuid => sql_types::Uuid, "CHAR(36)", "UUID", "CHAR(36)";
}

impl<T> ColumnType for Option<T>
where
    T: ColumnType<SqlType: diesel::sql_types::SqlType<IsNull = diesel::sql_types::is_nullable::NotNull>>,
{
    type SqlType = Nullable<T::SqlType>;

    fn sql(dialect: Dialect) -> &'static str {
        T::nullable_sql(dialect)
    }

    fn nullable_sql(dialect: Dialect) -> &'static str {
        T::nullable_sql(dialect)
    }
}
