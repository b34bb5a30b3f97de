//! Tables of the live schema.

use super::ask::{about, is_set, statements};
use super::statements::Statements;
use crate::store::StoreError;
use crate::store::diesel::backend::SqlBackend as _;
use crate::store::diesel::connection::DatabaseConnection;
use crate::store::diesel::dialect::Dialect;

/// A table of the live schema.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct LiveTable {
    pub(in super::super) shape: Shape,
    pub(in super::super) references: Vec<Reference>,
    /// The storage engine on MySQL; the statement that created the table on SQLite.
    pub(in super::super) made_by: String,
}

/// The columns and indexes of a table.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Shape {
    /// None if the table does not exist.
    pub(in super::super) columns: Vec<LiveColumn>,
    pub(in super::super) indexes: Vec<LiveIndex>,
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

/// An index of the live schema.
#[derive(Clone, Debug)]
pub(in super::super) struct LiveIndex {
    pub(in super::super) name: String,
    /// Its columns, or the expressions as the database spells them; a part of a column is empty.
    pub(in super::super) keys: Vec<String>,
    /// `true` if one of the keys ignores case.
    pub(in super::super) ignores_case: bool,
    pub(in super::super) is_unique: bool,
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
        self.shape.column(dialect, name)
    }
}

impl Shape {
    pub(in super::super) fn column(&self, dialect: Dialect, name: &str) -> Option<&LiveColumn> {
        self.columns.iter().find(|column| dialect.is_same_name(&column.name, name))
    }

    /// Returns the names of the unique indexes of all rows on exactly these columns, in any order.
    pub(in super::super) fn unique_on(&self, dialect: Dialect, columns: &[&str]) -> Vec<&str> {
        let is_on = |index: &LiveIndex| {
            let is_key = |column: &&str| index.keys.iter().any(|key| dialect.is_same_name(key, column));
            index.keys.len() == columns.len() && columns.iter().all(is_key)
        };
        let unique = self.indexes.iter().filter(|index| index.is_unique && !index.is_partial);
        unique.filter(|index| is_on(index)).map(|index| &*index.name).collect()
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

/// Returns the tables with these names, in their order; `None` for those that do not exist.
pub(in super::super) async fn tables<C: DatabaseConnection>(
    connection: &mut C,
    names: &[&str],
) -> Result<Vec<Option<LiveTable>>, StoreError> {
    let shapes = shapes(connection, names).await?;
    let Statements { references, made_by, .. } = statements::<C>();
    let references = about(connection, references, names).await?;
    let made_by = match made_by {
        Some(sql) => about(connection, sql, names).await?,
        None => vec![Vec::new(); names.len()],
    };
    let tables = shapes.into_iter().zip(references).zip(made_by).map(|((shape, references), mut made_by)| {
        let references = references.into_iter();
        let references = references
            .map(|[column, table, cascades]| Reference { column, table, cascades: is_set(&cascades) })
            .collect();
        let made_by = made_by.pop().map(|[made_by]| made_by).unwrap_or_default();
        (!shape.columns.is_empty()).then_some(LiveTable { shape, references, made_by })
    });
    Ok(tables.collect())
}

/// Returns the columns and indexes of the tables with these names, in their order.
pub(in super::super) async fn shapes<C: DatabaseConnection>(
    connection: &mut C,
    names: &[&str],
) -> Result<Vec<Shape>, StoreError> {
    let columns = about(connection, statements::<C>().columns, names).await?;
    let indexes = about(connection, statements::<C>().indexes, names).await?;
    let shapes = columns.into_iter().zip(indexes).map(|(columns, indexes)| Shape {
        columns: columns.into_iter().map(column::<C>).collect(),
        indexes: indexes_of(indexes),
    });
    Ok(shapes.collect())
}

fn column<C: DatabaseConnection>([name, ty, collation, is_nullable, has_default]: [String; 5]) -> LiveColumn {
    LiveColumn {
        name,
        ty: match C::Backend::DIALECT {
            Dialect::Postgres => without_needless_quotes(&ty),
            Dialect::Sqlite | Dialect::Mysql => ty,
        },
        collation,
        is_nullable: is_set(&is_nullable),
        has_default: is_set(&has_default),
    }
}

/// Returns the indexes of a table, of whose keys each has a row.
fn indexes_of(keys: Vec<[String; 5]>) -> Vec<LiveIndex> {
    let mut indexes = Vec::<LiveIndex>::new();
    for [name, key, ignores_case, is_unique, is_partial] in keys {
        let ignores_case = is_set(&ignores_case);
        match indexes.iter_mut().find(|index| index.name == name) {
            Some(index) => {
                index.keys.push(key);
                index.ignores_case |= ignores_case;
            }
            None => indexes.push(LiveIndex {
                name,
                keys: vec![key],
                ignores_case,
                is_unique: is_set(&is_unique),
                is_partial: is_set(&is_partial),
            }),
        }
    }
    indexes
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
