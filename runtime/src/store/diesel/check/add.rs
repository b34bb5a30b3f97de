//! The statement that adds the column of a new field.

use crate::store::Remedy;
use crate::store::diesel::column::{Column, Role};
use crate::store::diesel::column_type::ColumnType;
use crate::store::diesel::dialect::Dialect;
use crate::store::diesel::schema::SchemaSql;

use super::kind::Kind;

/// The statement that adds a column to the user's table, with a default for the rows that are there, and for nodes that
/// still run without the field. `None` for what no default can be: an id, an address, a password.
pub(super) fn add_column(schema: &SchemaSql, column: &Column) -> Option<Remedy> {
    if matches!(column.role, Role::Id | Role::Email | Role::HashedPassword) {
        return None;
    }
    let dialect = schema.dialect;
    let (table, name) = (dialect.quote(schema.user), dialect.quote(column.name));
    let sql = schema.column_type(column);
    let said = sql.to_ascii_uppercase();
    let default = match zero(dialect, &sql) {
        Some(zero) if said.contains("NOT NULL") && !said.contains("DEFAULT") => format!(" DEFAULT {zero}"),
        _ => String::new(),
    };
    Some(Remedy {
        up: vec![format!("ALTER TABLE {table} ADD COLUMN {name} {sql}{default}")],
        down: vec![format!("ALTER TABLE {table} DROP COLUMN {name}")],
    })
}

/// Nothing, as a value of this type.
fn zero(dialect: Dialect, sql: &str) -> Option<&'static str> {
    if sql == uuid::Uuid::sql(dialect) {
        return Some("'00000000-0000-0000-0000-000000000000'");
    }
    Some(match (Kind::of(dialect, sql)?, dialect) {
        // MySQL takes no plain value for a long text.
        (Kind::Text(None) | Kind::Binary, Dialect::Mysql) => "('')",
        (Kind::Text(_), _) => "''",
        (Kind::Boolean, _) => "FALSE",
        (Kind::Integer(_) | Kind::Float(_), _) => "0",
        (Kind::Binary, Dialect::Postgres) => r"'\x'",
        (Kind::Binary, _) => "x''",
        (Kind::Uuid, _) => "'00000000-0000-0000-0000-000000000000'",
        (Kind::Moment(_), Dialect::Sqlite) => "'1970-01-01 00:00:00.000000'",
        (Kind::Moment(_), Dialect::Postgres) => "'1970-01-01 00:00:00+00'",
        (Kind::Moment(_), Dialect::Mysql) => "'1970-01-01 00:00:00'",
    })
}
