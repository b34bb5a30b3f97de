//! Columns: which SQL type a Rust type has, and how each database spells it.

use diesel::sql_types::{BigInt, Binary, Bool, Double, Float, Integer, Nullable, SmallInt, Text};

use super::dialect::Dialect;
use super::id_column::IdColumn;
use super::sql_types;
use crate::clock::Timestamp;
use crate::secret::HashedPassword;

/// What a column of the user's table is to this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// The primary key.
    Id,
    /// The address.
    Email,
    /// The hash of the password.
    HashedPassword,
    /// `is_active`.
    IsActive,
    /// `is_superuser`.
    IsSuperuser,
    /// `is_verified`.
    IsVerified,
    /// A field of the app's own.
    Own,
}

/// A column of the user's table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it is to this crate.
    pub role: Role,
    /// Its type as the database spells it, `NOT NULL` included.
    pub sql: fn(Dialect) -> &'static str,
}

impl Column {
    /// The column of a field of the type `T`.
    #[must_use]
    pub const fn of<T: ColumnType>(name: &'static str, role: Role) -> Self {
        Self { name, role, sql: T::sql }
    }

    /// The column of an id of the type `T` in the app's own table, which says that it is an `ST`.
    #[must_use]
    pub const fn of_id<ST, T: IdColumn<ST>>(name: &'static str) -> Self {
        Self { name, role: Role::Id, sql: T::sql }
    }
}

/// A Rust type that a field of the user's struct may have.
#[diagnostic::on_unimplemented(
    message = "no column type is known for `{Self}`",
    label = "which SQL type is this?",
    note = "say it: `#[auth_user(sql_type = diesel::sql_types::Text, column = \"TEXT NOT NULL\", …)]`"
)]
pub trait ColumnType {
    /// Diesel's SQL type for it.
    type SqlType;

    /// The type as the database spells it, `NOT NULL` included.
    fn sql(dialect: Dialect) -> &'static str;

    /// The same as [`sql`](Self::sql), for a column that may be null.
    fn nullable_sql(dialect: Dialect) -> &'static str;
}

/// One line a type: the Rust type, Diesel's, and each database's.
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
