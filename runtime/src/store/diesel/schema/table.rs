//! A table of this crate as data: it is made, checked, purged and dropped by what it says here.

use super::{SchemaObject, SchemaSql, Step};
use crate::store::Tables;
use crate::store::diesel::dialect::Dialect;

/// A table of this crate.
pub(in super::super) trait Table: Sync {
    /// Returns its name.
    fn name(&self, schema: &SchemaSql) -> &'static str;

    /// Returns the name of the migration that makes it.
    fn migration(&self) -> &'static str;

    /// Returns what an app must keep to have it.
    fn is_part_of(&self) -> Tables;

    /// Returns the names and types of its columns.
    fn columns(&self, schema: &SchemaSql) -> Vec<(&'static str, String)>;

    /// Returns the column that is its primary key, and the SQL that says so.
    fn key(&self, schema: &SchemaSql) -> (&'static str, &'static str);

    /// Returns its foreign keys.
    fn references(&self, schema: &SchemaSql) -> Vec<String> {
        let _ = schema;
        Vec::new()
    }

    /// Returns the columns that have an index each.
    fn indexed(&self, schema: &SchemaSql) -> &'static [&'static str];

    /// Returns the steps that follow once the table is there.
    fn further_steps(&self, schema: &SchemaSql) -> Vec<Step> {
        let _ = schema;
        Vec::new()
    }

    /// Returns which of its rows are deleted once they are old; `None` if they stay.
    fn purge(&self, schema: &SchemaSql) -> Option<Purge> {
        let _ = schema;
        None
    }

    /// Returns what its rows are, if they belong to a user and are deleted with the user.
    fn of_user(&self) -> Option<&'static str> {
        None
    }

    /// Returns how strictly the live column `name` is checked.
    fn check(&self, schema: &SchemaSql, name: &str) -> ColumnCheck {
        let _ = (schema, name);
        ColumnCheck::default()
    }
}

/// Which rows of a table are old.
pub(in super::super) struct Purge {
    /// The column with the moment.
    pub(in super::super) column: &'static str,
    /// The moment up to which a row is old.
    pub(in super::super) before: Before,
    /// What else must hold of the row, as SQL.
    pub(in super::super) and: &'static str,
}

/// A moment, as a column has it.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Before {
    /// The moment of the purge.
    Now,
    /// The same, in microseconds.
    NowInMicros,
    /// The moment since which sessions without an end of their own are kept.
    SessionsSince,
}

/// How strictly a live column is checked.
pub(in super::super) struct ColumnCheck {
    /// `true` if it must take as many characters as its type says.
    pub(in super::super) needs_width: bool,
    /// `true` if it is reported when it does not hold all that its type says.
    pub(in super::super) reports_narrow: bool,
    /// `true` if it is cast when it is read and written, so that a number of any width will do.
    pub(in super::super) is_cast: bool,
}

impl Default for ColumnCheck {
    fn default() -> Self {
        Self { needs_width: true, reports_narrow: true, is_cast: false }
    }
}

/// Returns the steps that make a table.
pub(super) fn steps(table: &dyn Table, schema: &SchemaSql) -> Vec<Step> {
    let (dialect, name, key) = (schema.dialect, table.name(schema), table.key(schema));
    let quoted = dialect.quote(name);
    let key = |column: &str| if column == key.0 { key.1 } else { "" };
    let columns = table.columns(schema).into_iter();
    let mut lines = columns.map(|(column, sql)| format!("{column} {sql}{}", key(column))).collect::<Vec<_>>();
    let mut indexes = Vec::new();
    for column in table.indexed(schema) {
        let index = format!("ix_{name}_{column}");
        match dialect {
            Dialect::Sqlite | Dialect::Postgres => {
                let sql = format!("CREATE INDEX IF NOT EXISTS {index} ON {quoted} ({column})");
                let makes = SchemaObject::Index { table: name, name: index, columns: vec![column] };
                indexes.push(Step { makes, sql });
            }
            Dialect::Mysql => lines.push(format!("INDEX {index} ({column})")),
        }
    }
    lines.extend(table.references(schema));
    let sql = format!("CREATE TABLE IF NOT EXISTS {quoted} (\n    {}\n)", lines.join(",\n    "));
    let mut steps = vec![Step { makes: SchemaObject::Table(name), sql }];
    steps.extend(indexes);
    steps.extend(table.further_steps(schema));
    steps
}
