//! Fields whose columns are found by their types alone, where the derive does not know the type by its name.
//!
//! A type without a column type is reported once, where the derive names the columns. Here it must not be reported again
//! for each way to use the column: method resolution prefers [`ByColumnType`], and takes [`ByNobody`] for such a type.

use std::marker::PhantomData;

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::deserialize;
use diesel::row::{Row, RowIndex};
use diesel::sql_types::HasSqlType;

use super::cells::Cells;
use super::column_type::ColumnType;
use super::row::{Changes, Values};
use super::sql_value::{ReadSql, WriteSql};

/// Stands for a field of the type `T`.
#[derive(Debug)]
pub struct Inferred<T>(PhantomData<fn() -> T>);

impl<T> Inferred<T> {
    /// A field of the type `T`.
    pub const NEW: Self = Self(PhantomData);
}

/// How the column of a `T` is read and written.
pub trait ByColumnType<T: ColumnType> {
    /// Reads the next cell.
    ///
    /// # Errors
    ///
    /// If it does not hold a `T`.
    fn read_column<'row, R, DB>(&self, cells: &mut Cells<'_, R, DB>) -> deserialize::Result<T>
    where
        DB: Backend,
        R: Row<'row, DB> + RowIndex<usize>,
        T: ReadSql<T::SqlType, DB>,
    {
        cells.column()
    }

    /// Writes the next value.
    ///
    /// # Errors
    ///
    /// When it can't be written as SQL.
    fn write_column<'b, DB>(&self, values: &mut Values<'_, '_, 'b, DB>, value: &'b T) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<T::SqlType>,
        T: WriteSql<T::SqlType, DB>,
    {
        values.column(value)
    }

    /// Writes the assignment of a value, if there is one.
    ///
    /// # Errors
    ///
    /// When it can't be written as SQL.
    fn change_column<'b, DB>(
        &self,
        changes: &mut Changes<'_, '_, 'b, DB>,
        column: &str,
        value: Option<&'b T>,
    ) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<T::SqlType>,
        T: WriteSql<T::SqlType, DB>,
    {
        changes.column(column, value)
    }
}

impl<T: ColumnType> ByColumnType<T> for Inferred<T> {}

/// For types without a column type. It never runs, since its program does not compile.
#[expect(missing_docs, reason = "as in `ByColumnType`")]
pub trait ByNobody<T> {
    fn read_column<R, DB: Backend>(&self, _: &mut Cells<'_, R, DB>) -> deserialize::Result<T> {
        unreachable!()
    }

    fn write_column<DB: Backend>(&self, _: &mut Values<'_, '_, '_, DB>, _: &T) -> QueryResult<()> {
        unreachable!()
    }

    fn change_column<DB: Backend>(
        &self,
        _: &mut Changes<'_, '_, '_, DB>,
        _: &str,
        _: Option<&T>,
    ) -> QueryResult<()> {
        unreachable!()
    }
}

impl<T> ByNobody<T> for &Inferred<T> {}
