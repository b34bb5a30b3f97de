//! Permissions of the app's database role: privileges on tables and schemas, and row security.

use super::ask::{about, statements, texts};
use super::statements::Statements;
use crate::store::StoreError;
use crate::store::diesel::backend::SqlBackend as _;
use crate::store::diesel::connection::DatabaseConnection;
use crate::store::diesel::dialect::Dialect;

/// The permissions that the app's role lacks on a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Access {
    /// The rights that it lacks, among `SELECT`, `INSERT`, `UPDATE` and `DELETE`.
    pub(in super::super) missing_rights: Vec<String>,
    /// The commands for which row security is on and has no policy, so that they see and write no row.
    pub(in super::super) hidden_from: Vec<String>,
}

/// Returns the permissions that the app's role lacks on existing tables, in their order.
pub(in super::super) async fn access<C: DatabaseConnection>(
    connection: &mut C,
    tables: &[&str],
) -> Result<Vec<Access>, StoreError> {
    let Statements { missing_rights, without_policy, .. } = statements::<C>();
    let mut access = vec![Access::default(); tables.len()];
    if tables.is_empty() {
        return Ok(access);
    }
    if let Some(sql) = missing_rights {
        for (access, rights) in access.iter_mut().zip(about(connection, sql, tables).await?) {
            access.missing_rights = words(rights);
        }
    }
    if let Some(sql) = without_policy {
        for (access, commands) in access.iter_mut().zip(about(connection, sql, tables).await?) {
            access.hidden_from = words(commands);
        }
    }
    if C::Backend::DIALECT == Dialect::Mysql {
        for (access, table) in access.iter_mut().zip(tables) {
            access.missing_rights = denied(connection, table).await?;
        }
    }
    Ok(access)
}

/// Whether a table is hidden from the catalogs, because the role has no right on it at all: MySQL shows only the others.
pub(in super::super) async fn is_out_of_sight<C: DatabaseConnection>(
    connection: &mut C,
    table: &str,
) -> Result<bool, StoreError> {
    if C::Backend::DIALECT != Dialect::Mysql {
        return Ok(false);
    }
    let table = C::Backend::DIALECT.quote(table);
    match connection.batch_execute(&format!("EXPLAIN SELECT 1 FROM {table} WHERE 1 = 0")).await {
        Err(error) if is_denied(&error) => Ok(true),
        // A table that does not exist is no question of rights.
        Ok(()) | Err(_) => Ok(false),
    }
}

/// The schemas on the search path that the role may not use: what is in them can't be found.
pub(in super::super) async fn closed_schemas<C: DatabaseConnection>(
    connection: &mut C,
) -> Result<Vec<String>, StoreError> {
    match statements::<C>().closed_schemas {
        Some(sql) => Ok(words(texts(connection, sql, &[]).await?)),
        None => Ok(Vec::new()),
    }
}

/// The schema that new tables go to, if the role may not create them there. It is empty if no schema on the search path
/// can be used.
pub(in super::super) async fn sealed_schema<C: DatabaseConnection>(
    connection: &mut C,
) -> Result<Option<String>, StoreError> {
    match statements::<C>().sealed_schema {
        Some(sql) => Ok(words(texts(connection, sql, &[]).await?).pop()),
        None => Ok(None),
    }
}

fn words(rows: Vec<[String; 1]>) -> Vec<String> {
    rows.into_iter().map(|[word]| word).collect()
}

/// The rights that MySQL denies. Its catalogs leave out rights by way of roles, so it is asked to explain statements,
/// for which it wants the same rights as for running them.
async fn denied<C: DatabaseConnection>(connection: &mut C, table: &str) -> Result<Vec<String>, StoreError> {
    let quoted = C::Backend::DIALECT.quote(table);
    let rows = about::<C, 5>(connection, statements::<C>().columns, &[table]).await?;
    let first = rows.first().and_then(|columns| columns.first());
    let Some(column) = first.map(|[column, ..]| C::Backend::DIALECT.quote(column)) else {
        return Ok(Vec::new());
    };
    let mut denied = Vec::new();
    for (right, sql) in [
        ("SELECT", format!("EXPLAIN SELECT {column} FROM {quoted} WHERE 1 = 0")),
        ("INSERT", format!("EXPLAIN INSERT INTO {quoted} ({column}) VALUES (DEFAULT)")),
        ("UPDATE", format!("EXPLAIN UPDATE {quoted} SET {column} = {column} WHERE 1 = 0")),
        ("DELETE", format!("EXPLAIN DELETE FROM {quoted} WHERE 1 = 0")),
    ] {
        match connection.batch_execute(&sql).await {
            Err(error) if is_denied(&error) => denied.push(right.to_owned()),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(denied)
}

/// Whether an error of MySQL's, whose language the session has set, is about rights.
fn is_denied(error: &diesel::result::Error) -> bool {
    let diesel::result::Error::DatabaseError(_, information) = error else { return false };
    information.message().contains(" command denied to user ")
}
