//! Tables of the live schema.

use std::collections::BTreeMap;

use super::ask::{about, is_set, statements};
use super::statements::Statements;
use crate::store::StoreError;
use crate::store::diesel::backend::SqlBackend as _;
use crate::store::diesel::connection::DatabaseConnection;
use crate::store::diesel::dialect::Dialect;

/// A table of the live schema.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct LiveTable {
    pub(in super::super) columns: Vec<LiveColumn>,
    pub(in super::super) unique: Vec<UniqueIndex>,
    pub(in super::super) references: Vec<Reference>,
    /// The storage engine on MySQL; the statement that created the table on SQLite.
    pub(in super::super) made_by: String,
}

/// A column of the live schema.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct LiveColumn {
    pub(in super::super) name: String,
    /// Its type, as the database spells it.
    pub(in super::super) ty: String,
    /// Its collation, on MySQL.
    pub(in super::super) collation: String,
    pub(in super::super) is_nullable: bool,
    /// `true` if the database has a value for it when an `INSERT` has none.
    pub(in super::super) has_default: bool,
}

/// A unique index on one column or expression.
#[derive(Clone, Debug)]
pub(in super::super) struct UniqueIndex {
    pub(in super::super) name: String,
    /// The column, or the expression as the database spells it.
    pub(in super::super) key: String,
    pub(in super::super) ignores_case: bool,
    /// `true` if it leaves rows out.
    pub(in super::super) is_partial: bool,
}

/// A foreign key of one column.
#[derive(Clone, Debug)]
pub(in super::super) struct Reference {
    pub(in super::super) column: String,
    pub(in super::super) table: String,
    /// `true` if the row is deleted with the row that it refers to.
    pub(in super::super) cascades: bool,
}

impl LiveTable {
    pub(in super::super) fn column(&self, dialect: Dialect, name: &str) -> Option<&LiveColumn> {
        self.columns.iter().find(|column| dialect.is_same_name(&column.name, name))
    }
}

impl LiveColumn {
    /// Returns the type of a column that refers to this one.
    pub(in super::super) fn reference_type(&self) -> String {
        match &*self.collation {
            "" => self.ty.clone(),
            collation => format!("{} COLLATE {collation}", self.ty),
        }
    }
}

/// Returns the table with this name, or `None` if it does not exist.
pub(in super::super) async fn table<C: DatabaseConnection>(
    connection: &mut C,
    name: &str,
) -> Result<Option<LiveTable>, StoreError> {
    let columns = columns(connection, name).await?;
    if columns.is_empty() {
        return Ok(None);
    }
    let unique = unique_indexes(connection, name).await?;
    let Statements { references, made_by, .. } = statements::<C>();
    let references = about(connection, references, name).await?.into_iter();
    let references = references
        .map(|[column, table, cascades]| Reference { column, table, cascades: is_set(&cascades) })
        .collect();
    let made_by = match made_by {
        Some(sql) => about(connection, sql, name).await?.pop().map(|[made_by]| made_by),
        None => None,
    };
    Ok(Some(LiveTable { columns, unique, references, made_by: made_by.unwrap_or_default() }))
}

/// Returns the columns of a table; none if it does not exist.
pub(in super::super) async fn columns<C: DatabaseConnection>(
    connection: &mut C,
    table: &str,
) -> Result<Vec<LiveColumn>, StoreError> {
    let rows = about(connection, statements::<C>().columns, table).await?.into_iter();
    let columns = rows.map(|[name, ty, collation, is_nullable, has_default]| LiveColumn {
        name,
        ty: match C::Backend::DIALECT {
            Dialect::Postgres => without_needless_quotes(&ty),
            Dialect::Sqlite | Dialect::Mysql => ty,
        },
        collation,
        is_nullable: is_set(&is_nullable),
        has_default: is_set(&has_default),
    });
    Ok(columns.collect())
}

/// Returns the unique indexes of a table on one column or expression.
pub(in super::super) async fn unique_indexes<C: DatabaseConnection>(
    connection: &mut C,
    table: &str,
) -> Result<Vec<UniqueIndex>, StoreError> {
    let rows = about(connection, statements::<C>().unique_indexes, table).await?;
    let indexes = rows.into_iter().map(|[name, key, ignores_case, is_partial]| UniqueIndex {
        name,
        key,
        ignores_case: is_set(&ignores_case),
        is_partial: is_set(&is_partial),
    });
    Ok(indexes.collect())
}

/// Returns the names of the unique indexes of a table on exactly these columns, in any order.
pub(in super::super) async fn unique_indexes_on<C: DatabaseConnection>(
    connection: &mut C,
    table: &str,
    columns: &[&str],
) -> Result<Vec<String>, StoreError> {
    let mut indexes = BTreeMap::<String, Vec<String>>::new();
    for [index, column] in about(connection, statements::<C>().columns_of_unique_indexes, table).await? {
        indexes.entry(index).or_default().push(column);
    }
    let is_in =
        |column: &&str, of: &[String]| of.iter().any(|other| C::Backend::DIALECT.is_same_name(other, column));
    indexes.retain(|_, of| of.len() == columns.len() && columns.iter().all(|column| is_in(column, of)));
    Ok(indexes.into_keys().collect())
}

/// Returns a type of PostgreSQL as it is written without `quote_all_identifiers`: `uuid` for `"uuid"`.
fn without_needless_quotes(ty: &str) -> String {
    let is_plain = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
            && name.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_')
    };
    let mut parts = ty.split('"');
    let mut written = parts.next().unwrap_or_default().to_owned();
    while let Some(name) = parts.next() {
        let rest = parts.next().unwrap_or_default();
        if is_plain(name) {
            written.extend([name, rest]);
        } else {
            written.extend(["\"", name, "\"", rest]);
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_compared_without_needless_quotes() {
        for (ty, written) in [
            ("uuid", "uuid"),
            (r#""uuid""#, "uuid"),
            ("character varying(320)", "character varying(320)"),
            (r#""public"."rank""#, "public.rank"),
            (r#""Rank""#, r#""Rank""#),
            (r#""text"[]"#, "text[]"),
        ] {
            assert_eq!(without_needless_quotes(ty), written, "{ty}");
        }
    }
}
