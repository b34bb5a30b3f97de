//! The columns of the user's table.

use super::column_type::ColumnType;
use super::dialect::Dialect;
use super::id_column::IdColumn;

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
