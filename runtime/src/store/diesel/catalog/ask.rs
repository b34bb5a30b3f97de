//! Asks the catalogs of the database.

use diesel::row::Row;

use super::statements::Statements;
use crate::store::StoreError;
use crate::store::diesel::backend::SqlBackend;
use crate::store::diesel::cells::Cells;
use crate::store::diesel::connection::{DatabaseConnection, all};
use crate::store::diesel::dialect::Dialect;
use crate::store::diesel::statement::{List, Part, Statement};
use crate::store::diesel::value::Value;

/// Asks the catalogs about tables; returns the rows of each, in the order of `tables`.
///
/// PostgreSQL is asked about all of them at once, since each question is a round trip and a plan.
pub(super) async fn about<C: DatabaseConnection, const N: usize>(
    connection: &mut C,
    sql: &str,
    tables: &[&str],
) -> Result<Vec<Vec<[String; N]>>, StoreError> {
    let mut answers = Vec::new();
    if C::Backend::DIALECT == Dialect::Postgres {
        let names = tables.iter().map(|table| C::Backend::DIALECT.quote(table)).collect::<Vec<_>>();
        let list = names.iter().map(|name| Value::Text(name)).collect::<Vec<_>>();
        let list = List(&list);
        let statement = Statement::new(sql, vec![&list]);
        let mut rows =
            all(connection, statement, |cells| Ok((C::Backend::text(cells)?, row(cells)?))).await?;
        for name in &names {
            let (of_table, others) = rows.into_iter().partition::<Vec<_>, _>(|(of, _)| of == name);
            answers.push(of_table.into_iter().map(|(_, row)| row).collect());
            rows = others;
        }
    } else {
        for table in tables {
            answers.push(texts(connection, sql, &vec![*table; sql.matches('?').count()]).await?);
        }
    }
    Ok(answers)
}

/// Returns rows whose cells are all text.
pub(super) async fn texts<C: DatabaseConnection, const N: usize>(
    connection: &mut C,
    sql: &str,
    names: &[&str],
) -> Result<Vec<[String; N]>, StoreError> {
    let names = names.iter().map(|name| Value::Text(name)).collect::<Vec<_>>();
    let parts = names.iter().map(|name| name as &dyn Part<C::Backend>).collect();
    Ok(all(connection, Statement::new(sql, parts), row).await?)
}

fn row<'r, R: Row<'r, DB>, DB: SqlBackend, const N: usize>(
    cells: &mut Cells<'_, R, DB>,
) -> diesel::deserialize::Result<[String; N]> {
    let mut row = [const { String::new() }; N];
    for cell in &mut row {
        *cell = DB::text(cells)?;
    }
    Ok(row)
}

pub(super) fn statements<C: DatabaseConnection>() -> &'static Statements {
    Statements::of(C::Backend::DIALECT)
}

/// Returns whether a flag is set: it is text, which is empty if not.
pub(super) fn is_set(flag: &str) -> bool {
    !flag.is_empty()
}
