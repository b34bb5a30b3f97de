//! The SQL that deletes old rows.

use crate::store::diesel::dialect::Dialect;
use crate::store::diesel::schema::{Before, Purge, SchemaSql, Table};

/// The statement that deletes the old rows of a table.
#[derive(Debug)]
pub(in super::super) struct PurgeQuery {
    /// Its gaps are the moment and the maximum number of rows.
    pub(in super::super) sql: String,
    pub(in super::super) before: Before,
}

impl PurgeQuery {
    /// Returns the statement for a table; `None` if its rows stay.
    pub(super) fn of(table: &dyn Table, schema: &SchemaSql) -> Option<Self> {
        let Purge { column, before, and } = table.purge(schema)?;
        let name = schema.dialect.quote(table.name(schema));
        Some(Self { sql: sql(schema.dialect, &name, table.key(schema).0, column, and), before })
    }
}

/// It deletes the oldest rows first, which the index on the moment has at its start. Without an order, PostgreSQL would read
/// the table from its start if it expects many rows to be that old, each time past all rows that stay.
fn sql(dialect: Dialect, table: &str, key: &str, moment: &str, and: &str) -> String {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => format!(
            "DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {moment} < ?{and} ORDER BY {moment} LIMIT ?)"
        ),
        Dialect::Mysql => format!("DELETE FROM {table} WHERE {moment} < ?{and} ORDER BY {moment} LIMIT ?"),
    }
}
