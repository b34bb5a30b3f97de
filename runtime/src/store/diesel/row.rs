//! A user as a row: what the derive tells of each field, and what the statements ask of it.

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::deserialize;
use diesel::query_builder::AstPass;
use diesel::row::{Row, RowIndex};
use diesel::sql_types::HasSqlType;

use super::backend::SqlBackend;
use super::cells::Cells;
use super::column::Column;
use super::column_type::ColumnType;
use super::id_column::IdColumn;
use super::sql_value::WriteSql;
use crate::user::{AuthUser, UserChanges};

/// A user that lies in a table: the names, which are the same on every database.
pub trait UserTable: AuthUser {
    /// The table's name.
    const TABLE: &'static str;
    /// Whether the app makes and migrates the table by itself (`#[auth_user(table = path)]`).
    const TABLE_IS_OWN: bool;
    /// The columns, in the order of the struct's fields.
    const COLUMNS: &'static [Column];
}

/// A user as a row of the database `DB`: the values, whose types differ between databases.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no table in `{DB}`",
    label = "not a user with a table there",
    note = "put `#[derive(AuthUser)]` on the struct: `#[derive(Clone, AuthUser)] pub struct User {{ … }}`",
    note = "if the struct has `#[diesel(check_for_backend(…))]`, add this database there"
)]
pub trait UserRow<DB: SqlBackend>: UserTable {
    /// Whether the user has a table there. Where `check_for_backend` names other databases alone, it has none, and
    /// nothing can be read or written.
    const HAS_TABLE: bool = true;

    /// Reads a user from a row's cells, which stand in the order of [`UserTable::COLUMNS`].
    ///
    /// # Errors
    ///
    /// When a cell does not hold what its field can take.
    fn from_row<'row, R: Row<'row, DB> + RowIndex<usize>>(
        cells: &mut Cells<'_, R, DB>,
    ) -> deserialize::Result<Self>;

    /// Reads an id from the next cell, which lies as the user's own does.
    ///
    /// # Errors
    ///
    /// When the cell holds no id.
    fn id_from_row<'row, R: Row<'row, DB> + RowIndex<usize>>(
        cells: &mut Cells<'_, R, DB>,
    ) -> deserialize::Result<Self::Id>;

    /// Writes every column and its value, the id where it is not the database's to give.
    ///
    /// # Errors
    ///
    /// When a value can't be written as SQL.
    fn values<'b>(&'b self, values: &mut Values<'_, '_, 'b, DB>) -> QueryResult<()>;

    /// Writes every column that changes and its new value.
    ///
    /// # Errors
    ///
    /// When a value can't be written as SQL.
    fn changes<'b>(changes: &'b UserChanges<'b, Self>, out: &mut Changes<'_, '_, 'b, DB>) -> QueryResult<()>;

    /// Writes an id.
    ///
    /// # Errors
    ///
    /// When it can't be written as SQL.
    fn id_value<'b>(id: &'b Self::Id, values: &mut Values<'_, '_, 'b, DB>) -> QueryResult<()>;
}

/// A user that has a table in the database `DB`: `database: Sqlite`, `Postgres` and `Mysql` ask for it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no table in `{DB}`",
    label = "not a user with a table there",
    note = "put `#[derive(AuthUser)]` on the struct: `#[derive(Clone, AuthUser)] pub struct User {{ … }}`",
    note = "if the struct has `#[diesel(check_for_backend(…))]`, add this database there"
)]
pub trait TableIn<DB: SqlBackend>: UserRow<DB> {}

/// The error of a user without a table in the database.
#[doc(hidden)]
#[must_use]
pub fn no_table() -> diesel::result::Error {
    diesel::result::Error::QueryBuilderError("the user has no table in this database".into())
}

/// A list of values, with commas between.
#[expect(missing_debug_implementations, reason = "Diesel's pass has none")]
pub struct Values<'a, 'pass, 'b, DB: Backend> {
    pass: &'a mut AstPass<'pass, 'b, DB>,
    written: usize,
}

impl<'a, 'pass, 'b, DB: Backend> Values<'a, 'pass, 'b, DB> {
    pub(super) fn new(pass: &'a mut AstPass<'pass, 'b, DB>) -> Self {
        Self { pass, written: 0 }
    }

    /// Writes the next value as the SQL type that goes with `T`.
    ///
    /// # Errors
    ///
    /// When it can't be written as SQL.
    pub fn column<T>(&mut self, value: &'b T) -> QueryResult<()>
    where
        T: ColumnType + WriteSql<T::SqlType, DB>,
        DB: HasSqlType<T::SqlType>,
    {
        self.push::<T::SqlType, T>(value)
    }

    /// Writes the next value, the id, for a column of the app's own table that says that it is an `ST`.
    ///
    /// # Errors
    ///
    /// When it can't be written as SQL.
    pub fn id<ST, T>(&mut self, value: &'b T) -> QueryResult<()>
    where
        T: IdColumn<ST> + WriteSql<<T as IdColumn<ST>>::SqlType, DB>,
        DB: HasSqlType<<T as IdColumn<ST>>::SqlType>,
    {
        self.push::<<T as IdColumn<ST>>::SqlType, T>(value)
    }

    /// Writes the next value as the SQL type `ST`.
    ///
    /// # Errors
    ///
    /// When it can't be written as SQL.
    pub fn push<ST, T>(&mut self, value: &'b T) -> QueryResult<()>
    where
        T: WriteSql<ST, DB> + ?Sized,
        DB: HasSqlType<ST>,
    {
        if self.written > 0 {
            self.pass.push_sql(", ");
        }
        self.written += 1;
        self.pass.push_bind_param(value)
    }
}

/// A list of assignments, with commas between.
#[expect(missing_debug_implementations, reason = "Diesel's pass has none")]
pub struct Changes<'a, 'pass, 'b, DB: Backend> {
    pass: &'a mut AstPass<'pass, 'b, DB>,
    written: usize,
}

impl<'a, 'pass, 'b, DB: Backend> Changes<'a, 'pass, 'b, DB> {
    pub(super) fn new(pass: &'a mut AstPass<'pass, 'b, DB>) -> Self {
        Self { pass, written: 0 }
    }

    /// Writes the assignment of `value` to `column` as the SQL type that goes with `T`, where there is a value.
    ///
    /// # Errors
    ///
    /// When it can't be written as SQL.
    pub fn column<T>(&mut self, column: &str, value: Option<&'b T>) -> QueryResult<()>
    where
        T: ColumnType + WriteSql<T::SqlType, DB>,
        DB: HasSqlType<T::SqlType>,
    {
        self.set::<T::SqlType, T>(column, value)
    }

    /// Writes the assignment of `value` to `column` as the SQL type `ST`, where there is a value.
    ///
    /// # Errors
    ///
    /// When it can't be written as SQL.
    pub fn set<ST, T>(&mut self, column: &str, value: Option<&'b T>) -> QueryResult<()>
    where
        T: WriteSql<ST, DB> + ?Sized,
        DB: HasSqlType<ST>,
    {
        let Some(value) = value else { return Ok(()) };
        if self.written > 0 {
            self.pass.push_sql(", ");
        }
        self.written += 1;
        self.pass.push_identifier(column)?;
        self.pass.push_sql(" = ");
        self.pass.push_bind_param(value)
    }

    /// Keeps the statement whole where nothing changes: `column` is set to what it is.
    pub(super) fn finish(self, column: &str) -> QueryResult<()> {
        if self.written > 0 {
            return Ok(());
        }
        self.pass.push_identifier(column)?;
        self.pass.push_sql(" = ");
        self.pass.push_identifier(column)
    }
}
