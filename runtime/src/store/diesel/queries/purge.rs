//! The SQL that deletes old rows.

use crate::store::diesel::dialect::Dialect;

/// Returns the statement that deletes rows from before a moment for which `and` holds, up to a number of rows: the oldest
/// first, which the index on the moment has at its start. Without an order, PostgreSQL would read the table from its start
/// if it expects many rows to be that old, each time past all rows that stay.
pub(super) fn purge(dialect: Dialect, table: &str, key: &str, moment: &str, and: &str) -> String {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => format!(
            "DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {moment} < ?{and} ORDER BY {moment} LIMIT ?)"
        ),
        Dialect::Mysql => format!("DELETE FROM {table} WHERE {moment} < ?{and} ORDER BY {moment} LIMIT ?"),
    }
}
