//! The cells of a row, read one after the other.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::deserialize;
use diesel::row::{Row, RowIndex};

use super::column_type::ColumnType;
use super::id_column::IdColumn;
use super::sql_value::ReadSql;

/// The cells of a row, read one after the other.
#[derive(Debug)]
pub struct Cells<'a, R, DB> {
    row: &'a R,
    next: usize,
    database: PhantomData<fn() -> DB>,
}

impl<'a, R, DB: Backend> Cells<'a, R, DB> {
    pub(super) fn new(row: &'a R) -> Self {
        Self { row, next: 0, database: PhantomData }
    }

    /// Reads the next cell, of the SQL type of `T`.
    ///
    /// # Errors
    ///
    /// If it does not hold a `T`.
    pub fn column<'row, T>(&mut self) -> deserialize::Result<T>
    where
        R: Row<'row, DB> + RowIndex<usize>,
        T: ColumnType + ReadSql<T::SqlType, DB>,
    {
        self.take::<T::SqlType, T>()
    }

    /// Reads the id from the next cell, of the app's own table, where Diesel declares its column as `ST`.
    ///
    /// # Errors
    ///
    /// If it does not hold a `T`.
    pub fn id<'row, ST, T>(&mut self) -> deserialize::Result<T>
    where
        R: Row<'row, DB> + RowIndex<usize>,
        T: IdColumn<ST> + ReadSql<<T as IdColumn<ST>>::SqlType, DB>,
    {
        self.take::<<T as IdColumn<ST>>::SqlType, T>()
    }

    /// Reads the next cell, of the SQL type `ST`.
    ///
    /// # Errors
    ///
    /// If it does not hold a `T`.
    pub fn take<'row, ST, T>(&mut self) -> deserialize::Result<T>
    where
        R: Row<'row, DB> + RowIndex<usize>,
        T: ReadSql<ST, DB>,
    {
        let index = self.next;
        self.next += 1;
        self.row.get_value::<ST, T, _>(index)
    }
}
