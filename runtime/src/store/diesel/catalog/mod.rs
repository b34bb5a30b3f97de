//! The live schema, read from the database's catalogs. It judges nothing.

mod access;
mod server;
mod statements;

use std::collections::BTreeMap;

pub(super) use self::access::{Access, access, closed_schemas, is_out_of_sight, sealed_schema};
pub(super) use self::server::{Server, server};

use self::statements::Statements;
use super::backend::SqlBackend;
use super::connection::{DatabaseConnection, all};
use super::dialect::Dialect;
use super::schema::{SchemaObject, SchemaSql};
use super::statement::{Part, Statement, Value};
use crate::store::StoreError;

/// A table as it is.
#[derive(Clone, Debug, Default)]
pub(super) struct LiveTable {
    pub(super) columns: Vec<LiveColumn>,
    pub(super) unique: Vec<UniqueIndex>,
    pub(super) references: Vec<Reference>,
    /// The storage engine, on MySQL; the statement that made the table, on SQLite.
    pub(super) made_by: String,
}

/// A column as it is.
#[derive(Clone, Debug, Default)]
pub(super) struct LiveColumn {
    pub(super) name: String,
    /// Its type, as the database spells it.
    pub(super) ty: String,
    /// Its collation, on MySQL.
    pub(super) collation: String,
    pub(super) is_nullable: bool,
    /// Whether the database has a value for it where an `INSERT` has none.
    pub(super) has_default: bool,
}

/// A unique index on one column or expression.
#[derive(Clone, Debug)]
pub(super) struct UniqueIndex {
    pub(super) name: String,
    /// The column, or the expression as the database spells it.
    pub(super) key: String,
    pub(super) ignores_case: bool,
    /// Whether it leaves rows out.
    pub(super) is_partial: bool,
}

/// A foreign key of one column.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub(super) column: String,
    pub(super) table: String,
    /// Whether the row goes with the one that it refers to.
    pub(super) cascades: bool,
}

impl LiveTable {
    pub(super) fn column(&self, dialect: Dialect, name: &str) -> Option<&LiveColumn> {
        self.columns.iter().find(|column| dialect.is_same_name(&column.name, name))
    }
}

impl LiveColumn {
    /// The type of a column that refers to this one.
    pub(super) fn reference_type(&self) -> String {
        match &*self.collation {
            "" => self.ty.clone(),
            collation => format!("{} COLLATE {collation}", self.ty),
        }
    }
}

/// The table with this name, or `None` where there is none.
pub(super) async fn table<C: DatabaseConnection>(
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

/// The columns of a table; none where there is no table.
pub(super) async fn columns<C: DatabaseConnection>(
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

/// The unique indexes of a table that lie on one column or expression.
pub(super) async fn unique_indexes<C: DatabaseConnection>(
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

/// The names of a table's unique indexes on these columns and no others, in any order.
pub(super) async fn unique_indexes_on<C: DatabaseConnection>(
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

/// Whether a part of the schema is there.
pub(super) async fn is_there<C: DatabaseConnection>(
    connection: &mut C,
    object: &SchemaObject,
) -> Result<bool, StoreError> {
    let Statements { table, index, .. } = statements::<C>();
    let found = match object {
        SchemaObject::Table(name) => texts::<C, 1>(connection, table, &[name]).await?,
        SchemaObject::Index { table, name: index_name, .. }
        | SchemaObject::UniqueEmail { table, index: index_name, column: None }
        | SchemaObject::UniqueAccount { table, index: index_name } => {
            texts::<C, 1>(connection, index, &[&name_of::<C>(table), index_name]).await?
        }
        SchemaObject::UniqueEmail { table, column: Some(column), .. } => {
            let columns = columns(connection, table).await?;
            return Ok(columns.iter().any(|live| C::Backend::DIALECT.is_same_name(&live.name, column)));
        }
    };
    Ok(!found.is_empty())
}

/// How many addresses more than one user has, where case is left out.
pub(super) async fn shared_addresses<C: DatabaseConnection>(
    connection: &mut C,
    schema: &SchemaSql,
) -> Result<u64, StoreError> {
    let email = schema.dialect.quote(schema.roles.email.name);
    shared(connection, &schema.dialect.quote(schema.user), &schema.dialect.lowered(&email)).await
}

/// How many accounts at other services more than one row has.
pub(super) async fn shared_accounts<C: DatabaseConnection>(connection: &mut C) -> Result<u64, StoreError> {
    shared(connection, SchemaSql::OAUTH_ACCOUNT, &SchemaSql::ACCOUNT_KEY.join(", ")).await
}

/// How many keys more than one row of a table has.
async fn shared<C: DatabaseConnection>(
    connection: &mut C,
    table: &str,
    key: &str,
) -> Result<u64, StoreError> {
    let sql = format!(
        "SELECT CAST(count(*) AS CHAR(20)) FROM \
         (SELECT 1 AS one FROM {table} GROUP BY {key} HAVING count(*) > 1) AS shared"
    );
    let counted = texts(connection, &sql, &[]).await?.pop();
    let [count] = counted.ok_or_else(|| StoreError::Failed("a count is no row".into()))?;
    count.trim().parse().map_err(|error: std::num::ParseIntError| StoreError::Failed(error.into()))
}

/// The language in which the server words its errors, where the app does not set it.
pub(super) async fn language<C: DatabaseConnection>(
    connection: &mut C,
) -> Result<Option<String>, StoreError> {
    let Some(sql) = statements::<C>().language else { return Ok(None) };
    Ok(texts(connection, sql, &[]).await?.pop().map(|[language]| language))
}

/// Whether Diesel's table records a migration of this version.
pub(super) async fn is_recorded<C: DatabaseConnection>(
    connection: &mut C,
    version: &str,
) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT version FROM __diesel_schema_migrations WHERE version = ?";
    Ok(!texts::<C, 1>(connection, SQL, &[version]).await?.is_empty())
}

/// What the catalogs say about a table.
async fn about<C: DatabaseConnection, const N: usize>(
    connection: &mut C,
    sql: &str,
    table: &str,
) -> Result<Vec<[String; N]>, StoreError> {
    let name = name_of::<C>(table);
    texts(connection, sql, &vec![&*name; sql.matches('?').count()]).await
}

/// The rows of an answer whose cells are all text.
async fn texts<C: DatabaseConnection, const N: usize>(
    connection: &mut C,
    sql: &str,
    names: &[&str],
) -> Result<Vec<[String; N]>, StoreError> {
    let names = names.iter().map(|name| Value::Text(name)).collect::<Vec<_>>();
    let parts = names.iter().map(|name| name as &dyn Part<C::Backend>).collect();
    let rows = all(connection, Statement::new(sql, parts), |cells| {
        let mut row = [const { String::new() }; N];
        for cell in &mut row {
            *cell = C::Backend::text(cells)?;
        }
        Ok(row)
    });
    Ok(rows.await?)
}

fn statements<C: DatabaseConnection>() -> &'static Statements {
    Statements::of(C::Backend::DIALECT)
}

/// A table's name as the catalogs ask for it: PostgreSQL looks it up as a statement would.
fn name_of<C: DatabaseConnection>(table: &str) -> String {
    match C::Backend::DIALECT {
        Dialect::Postgres => Dialect::Postgres.quote(table),
        Dialect::Sqlite | Dialect::Mysql => table.to_owned(),
    }
}

/// A type of PostgreSQL's as it is written without `quote_all_identifiers`: `"uuid"` is `uuid`.
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

/// A flag is text, and empty where it is not set.
fn is_set(flag: &str) -> bool {
    !flag.is_empty()
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
