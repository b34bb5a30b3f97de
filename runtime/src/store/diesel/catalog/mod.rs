//! The live schema, read from the database's catalogs. It judges nothing.

mod access;
mod ask;
mod server;
mod statements;
mod table;

pub(super) use self::access::{Access, access, closed_schemas, is_out_of_sight, sealed_schema};
pub(super) use self::server::{Server, server};
pub(super) use self::table::{LiveColumn, LiveIndex, LiveTable, Shape, shapes, tables};

use self::ask::{about, statements, texts};
use super::connection::DatabaseConnection;
use super::schema::{ACCOUNT_KEY, Accounts, SchemaSql};
use crate::store::StoreError;

/// Returns for each of these names whether it is a table that is where new tables are made.
pub(super) async fn are_in_place<C: DatabaseConnection>(
    connection: &mut C,
    names: &[&str],
) -> Result<Vec<bool>, StoreError> {
    let found = about::<C, 1>(connection, statements::<C>().in_place, names).await?;
    Ok(found.iter().map(|rows| !rows.is_empty()).collect())
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

/// Returns the versions of the migrations that Diesel's table records.
pub(super) async fn recorded<C: DatabaseConnection>(connection: &mut C) -> Result<Vec<String>, StoreError> {
    const SQL: &str = "SELECT version FROM __diesel_schema_migrations";
    Ok(texts(connection, SQL, &[]).await?.into_iter().map(|[version]| version).collect())
}
