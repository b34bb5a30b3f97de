//! Asks the catalogs of the database.

use super::statements::Statements;
use crate::store::StoreError;
use crate::store::diesel::backend::SqlBackend as _;
use crate::store::diesel::connection::{DatabaseConnection, all};
use crate::store::diesel::dialect::Dialect;
use crate::store::diesel::statement::{Part, Statement};
use crate::store::diesel::value::Value;

/// Asks the catalogs about a table.
pub(super) async fn about<C: DatabaseConnection, const N: usize>(
    connection: &mut C,
    sql: &str,
    table: &str,
) -> Result<Vec<[String; N]>, StoreError> {
    let name = name_of::<C>(table);
    texts(connection, sql, &vec![&*name; sql.matches('?').count()]).await
}

/// Returns rows whose cells are all text.
pub(super) async fn texts<C: DatabaseConnection, const N: usize>(
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

pub(super) fn statements<C: DatabaseConnection>() -> &'static Statements {
    Statements::of(C::Backend::DIALECT)
}

/// Returns the name of a table as the catalogs take it: PostgreSQL looks it up as a statement would.
pub(super) fn name_of<C: DatabaseConnection>(table: &str) -> String {
    match C::Backend::DIALECT {
        Dialect::Postgres => Dialect::Postgres.quote(table),
        Dialect::Sqlite | Dialect::Mysql => table.to_owned(),
    }
}

/// Returns whether a flag is set: it is text, which is empty if not.
pub(super) fn is_set(flag: &str) -> bool {
    !flag.is_empty()
}
