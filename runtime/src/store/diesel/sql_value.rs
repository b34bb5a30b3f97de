//! The traits that a field's type needs for its column, with messages that say what to implement.

use diesel::backend::Backend;
use diesel::deserialize::FromSql;
use diesel::serialize::ToSql;

/// A type that can be read from a column of the type `ST`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be read from a column of the type `{ST}` in `{DB}`",
    label = "`FromSql<{ST}, {DB}>` is missing",
    note = "implement Diesel's `FromSql<{ST}, {DB}>` and `ToSql<{ST}, {DB}>` for `{Self}`",
    note = "for a user in one database only, name that database on the struct, as in `#[diesel(check_for_backend(diesel::pg::Pg))]`"
)]
pub trait ReadSql<ST, DB: Backend>: FromSql<ST, DB> {}

#[diagnostic::do_not_recommend]
impl<T: FromSql<ST, DB>, ST, DB: Backend> ReadSql<ST, DB> for T {}

/// A type that can be written to a column of the type `ST`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be written to a column of the type `{ST}` in `{DB}`",
    label = "`ToSql<{ST}, {DB}>` is missing",
    note = "implement Diesel's `FromSql<{ST}, {DB}>` and `ToSql<{ST}, {DB}>` for `{Self}`",
    note = "for a user in one database only, name that database on the struct, as in `#[diesel(check_for_backend(diesel::pg::Pg))]`"
)]
pub trait WriteSql<ST, DB: Backend>: ToSql<ST, DB> {}

#[diagnostic::do_not_recommend]
impl<T: ToSql<ST, DB> + ?Sized, ST, DB: Backend> WriteSql<ST, DB> for T {}
