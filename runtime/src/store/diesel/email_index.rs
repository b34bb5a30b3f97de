//! How a database names the unique indexes on the address, whoever made them: by those names it says that one is taken.

use std::pin::pin;

use diesel::QueryResult;
use diesel::result::Error;
use futures_util::TryStreamExt;

use super::backend::SqlBackend;
use super::connection::DatabaseConnection;
use super::dialect::Dialect;
use super::row::Cells;
use super::schema::SchemaSql;
use super::statement::{Statement, Value};
use crate::store::StoreError;

/// The names of the unique indexes that lie on the address alone, or on its lowered form.
pub(super) async fn names<C: DatabaseConnection>(
    connection: &mut C,
    schema: &SchemaSql,
) -> Result<Vec<String>, StoreError> {
    let table = match schema.dialect {
        Dialect::Postgres => schema.dialect.quote(schema.user),
        Dialect::Sqlite | Dialect::Mysql => schema.user.to_owned(),
    };
    let (table, column) = (Value::Text(&table), Value::Text(schema.roles.email.name));
    Ok(load(connection, Statement::new(query(schema.dialect), vec![&table, &column])).await?)
}

async fn load<C: DatabaseConnection>(
    connection: &mut C,
    statement: Statement<'_, C::Backend>,
) -> QueryResult<Vec<String>> {
    let mut rows = pin!(connection.load(statement).await?);
    let mut names = Vec::new();
    while let Some(row) = rows.try_next().await? {
        names.push(C::Backend::text(&mut Cells::new(&row)).map_err(Error::DeserializationError)?);
    }
    Ok(names)
}

/// The query, with a gap for the table and one for the column.
fn query(dialect: Dialect) -> &'static str {
    match dialect {
        // Of a column's index SQLite tells the column. What an expression is of, only the index's text tells.
        Dialect::Sqlite => {
            "SELECT i.name FROM pragma_index_list(?) AS i JOIN sqlite_master AS made ON made.name = i.name \
             WHERE i.\"unique\" AND (SELECT count(*) = 1 AND min(cid) = -2 FROM pragma_index_info(i.name)) \
             AND replace(lower(made.sql), '\"', '') LIKE '%(lower(' || lower(?) || '))%'"
        }
        // An index depends on the columns that it is of, and a partial one on those that make it so.
        Dialect::Postgres => {
            "SELECT c.relname::text FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid \
             JOIN pg_attribute AS email ON email.attrelid = i.indrelid \
             WHERE i.indrelid = to_regclass(?) AND email.attname = ? AND i.indisunique AND i.indnkeyatts = 1 \
             AND (i.indkey[0] = email.attnum OR (i.indkey[0] = 0 AND (\
             SELECT bool_or(d.refobjsubid = email.attnum) \
             AND (bool_and(d.refobjsubid = email.attnum) OR i.indpred IS NOT NULL) \
             FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid \
             AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid > 0)))"
        }
        Dialect::Mysql => {
            "SELECT index_name FROM information_schema.statistics \
             WHERE table_schema = database() AND table_name = ? AND non_unique = 0 \
             GROUP BY index_name HAVING count(*) = 1 AND max(column_name) = ?"
        }
    }
}
