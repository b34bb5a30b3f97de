//! The live schema, read from the database's catalogs. It judges nothing.

mod access;
mod ask;
mod server;
mod statements;
mod table;

pub(super) use self::access::{Access, access, closed_schemas, is_out_of_sight, sealed_schema};
pub(super) use self::server::{Server, server};
pub(super) use self::table::{
    LiveColumn, LiveTable, UniqueIndex, columns, table, unique_indexes, unique_indexes_on,
};

use self::ask::{name_of, statements, texts};
use self::statements::Statements;
use super::backend::SqlBackend as _;
use super::connection::DatabaseConnection;
use super::schema::{ACCOUNT_KEY, Accounts, SchemaObject, SchemaSql};
use crate::store::StoreError;

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
    shared(connection, Accounts::NAME, &ACCOUNT_KEY.join(", ")).await
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
