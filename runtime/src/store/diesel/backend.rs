//! Databases: how each takes and gives the few types that this crate's own tables hold.

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::deserialize;
use diesel::query_builder::AstPass;
use diesel::row::Row;

use super::cells::Cells;
use super::dialect::Dialect;
use super::value::Value;
use crate::clock::Timestamp;

/// A database that this crate's statements are written for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no database that users lie in",
    label = "not a database of this build",
    note = "they are `diesel::sqlite::Sqlite`, `diesel::pg::Pg` and `diesel::mysql::Mysql`, with the features `sqlite`, \
            `postgres` and `mysql` of this crate"
)]
pub trait SqlBackend: Backend + Sized {
    /// Its own way of writing SQL.
    const DIALECT: Dialect;

    /// Writes a value into a statement.
    ///
    /// # Errors
    ///
    /// When it can't be written as SQL.
    fn write<'b>(value: &'b Value<'_>, out: &mut AstPass<'_, 'b, Self>) -> QueryResult<()>;

    /// The next cell, which holds a moment.
    ///
    /// # Errors
    ///
    /// When it holds something else.
    fn moment<'row, R: Row<'row, Self>>(cells: &mut Cells<'_, R, Self>) -> deserialize::Result<Timestamp>;

    /// Returns the next cell, which holds an id of this crate's own.
    ///
    /// # Errors
    ///
    /// When it holds something else.
    fn uuid<'row, R: Row<'row, Self>>(cells: &mut Cells<'_, R, Self>) -> deserialize::Result<uuid::Uuid>;

    /// The next cell, which holds text.
    ///
    /// # Errors
    ///
    /// When it holds something else.
    fn text<'row, R: Row<'row, Self>>(cells: &mut Cells<'_, R, Self>) -> deserialize::Result<String>;

    /// The next cell, which holds text or is NULL.
    ///
    /// # Errors
    ///
    /// When it holds something else.
    fn nullable_text<'row, R: Row<'row, Self>>(
        cells: &mut Cells<'_, R, Self>,
    ) -> deserialize::Result<Option<String>>;

    /// The next cell, which holds a whole number of eight bytes or is NULL.
    ///
    /// # Errors
    ///
    /// When it holds something else.
    fn nullable_number<'row, R: Row<'row, Self>>(
        cells: &mut Cells<'_, R, Self>,
    ) -> deserialize::Result<Option<i64>>;
}

/// The same for each: Diesel knows the types, but not of all databases at once.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
macro_rules! sql_backend {
    ($backend:ty, $dialect:expr) => {
        impl SqlBackend for $backend {
            const DIALECT: Dialect = $dialect;

            fn write<'b>(value: &'b Value<'_>, out: &mut AstPass<'_, 'b, Self>) -> QueryResult<()> {
                use diesel::sql_types::{BigInt, Bool, Nullable, Text};

                match value {
                    Value::Text(text) => out.push_bind_param::<Text, str>(text),
                    Value::NullableText(text) => out.push_bind_param::<Nullable<Text>, Option<&str>>(text),
                    Value::Flag(flag) => out.push_bind_param::<Bool, bool>(flag),
                    Value::Number(number) => out.push_bind_param::<BigInt, i64>(number),
                    Value::NullableNumber(number) => {
                        out.push_bind_param::<Nullable<BigInt>, Option<i64>>(number)
                    }
                    Value::Moment(moment) => {
                        out.push_bind_param::<super::sql_types::Moment, Timestamp>(moment)
                    }
                    Value::Uuid(id) => out.push_bind_param::<super::sql_types::Uuid, uuid::Uuid>(id),
                }
            }

            fn moment<'row, R: Row<'row, Self>>(
                cells: &mut Cells<'_, R, Self>,
            ) -> deserialize::Result<Timestamp> {
                cells.take::<super::sql_types::Moment, Timestamp>()
            }

            fn uuid<'row, R: Row<'row, Self>>(
                cells: &mut Cells<'_, R, Self>,
            ) -> deserialize::Result<uuid::Uuid> {
                cells.take::<super::sql_types::Uuid, uuid::Uuid>()
            }

            fn text<'row, R: Row<'row, Self>>(cells: &mut Cells<'_, R, Self>) -> deserialize::Result<String> {
                cells.take::<diesel::sql_types::Text, String>()
            }

            fn nullable_text<'row, R: Row<'row, Self>>(
                cells: &mut Cells<'_, R, Self>,
            ) -> deserialize::Result<Option<String>> {
                cells.take::<diesel::sql_types::Nullable<diesel::sql_types::Text>, Option<String>>()
            }

            fn nullable_number<'row, R: Row<'row, Self>>(
                cells: &mut Cells<'_, R, Self>,
            ) -> deserialize::Result<Option<i64>> {
                cells.take::<diesel::sql_types::Nullable<diesel::sql_types::BigInt>, Option<i64>>()
            }
        }
    };
}

#[cfg(feature = "sqlite")]
sql_backend!(diesel::sqlite::Sqlite, Dialect::Sqlite);
#[cfg(feature = "postgres")]
sql_backend!(diesel::pg::Pg, Dialect::Postgres);
#[cfg(feature = "mysql")]
sql_backend!(diesel::mysql::Mysql, Dialect::Mysql);
