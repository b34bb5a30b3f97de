//! The table of accounts at other services, and the index that keeps each of them one user's.

use super::columns::{Wanted, compare};
use super::table::{engine, no_numbers, no_table, reference};
use crate::store::diesel::catalog::{self, LiveTable};
use crate::store::diesel::connection::DatabaseConnection;
use crate::store::diesel::dialect::Dialect;
use crate::store::diesel::schema::{ACCOUNT_KEY, SchemaSql};
use crate::store::{Finding, Remedy, StoreError};

/// What is there of accounts.
#[derive(Clone, Debug, Default)]
pub(super) struct LiveAccounts {
    table: Option<LiveTable>,
    /// Whether an index keeps them unique.
    is_unique: bool,
    /// How many accounts more than one row has, where no index forbids it.
    shared: u64,
}

impl LiveAccounts {
    /// `None` where the app wants no accounts.
    pub(super) async fn read<C: DatabaseConnection>(
        connection: &mut C,
        schema: &SchemaSql,
    ) -> Result<Option<Self>, StoreError> {
        if !schema.has_accounts {
            return Ok(None);
        }
        let (name, key) = (SchemaSql::OAUTH_ACCOUNT, ACCOUNT_KEY);
        let table = catalog::table(connection, name).await?;
        let is_unique = !catalog::unique_indexes_on(connection, name, key).await?.is_empty();
        let is_countable = !is_unique && table.as_ref().is_some_and(|table| has_key(schema, table));
        let shared = if is_countable { catalog::shared_accounts(connection).await? } else { 0 };
        Ok(Some(Self { table, is_unique, shared }))
    }
}

fn has_key(schema: &SchemaSql, live: &LiveTable) -> bool {
    ACCOUNT_KEY.iter().all(|name| live.column(schema.dialect, name).is_some())
}

/// What of the accounts that are there does not fit.
pub(super) fn check(schema: &SchemaSql, live: &LiveAccounts) -> Vec<Finding> {
    let table = SchemaSql::OAUTH_ACCOUNT;
    let Some(accounts) = &live.table else { return vec![no_table(schema, table)] };
    let wanted = schema.oauth_account_columns();
    let wanted = wanted.iter().map(|(name, sql)| Wanted {
        name,
        sql: sql.clone(),
        // A key that is too short finds no one.
        least_chars: if matches!(*name, "id" | "user_id") { u32::MAX } else { 0 },
        is_narrow_worth_knowing: true,
        is_cast: *name == "expires_at",
        remedy: None,
    });
    let mut findings = compare(schema.dialect, table, &wanted.collect::<Vec<_>>(), accounts);
    findings.extend(no_numbers(schema, table, "id", accounts, "account"));
    findings.extend(reference(schema, table, accounts, "accounts"));
    findings.extend(unique(schema, live, accounts));
    findings.extend(collation(schema, accounts));
    findings.extend(engine(schema, table, accounts));
    findings
}

/// What is wrong with the way accounts are kept unique.
fn unique(schema: &SchemaSql, live: &LiveAccounts, accounts: &LiveTable) -> Option<Finding> {
    if live.is_unique || !has_key(schema, accounts) {
        return None;
    }
    let (table, index) = (SchemaSql::OAUTH_ACCOUNT, SchemaSql::ACCOUNT_INDEX);
    if live.shared > 0 {
        let shared = live.shared;
        return Some(Finding::error(format!(
            "{shared} of the accounts in `{table}` stand in more than one row: leave each to one; only then can the \
             unique index on `oauth_name` and `account_id` be made"
        )));
    }
    let sql = schema.unique_account().sql;
    let text = format!("nothing in the database keeps the accounts in `{table}` unique: `{sql}`");
    let drop = match schema.dialect {
        Dialect::Sqlite | Dialect::Postgres => format!("DROP INDEX IF EXISTS {index}"),
        Dialect::Mysql => format!("DROP INDEX {index} ON {}", schema.dialect.quote(table)),
    };
    Some(Finding::error(text).with_remedy(Remedy { up: vec![sql], down: vec![drop] }))
}

/// Whether MySQL takes one id for another.
fn collation(schema: &SchemaSql, accounts: &LiveTable) -> Option<Finding> {
    let (dialect, table) = (schema.dialect, SchemaSql::OAUTH_ACCOUNT);
    let live = accounts.column(dialect, "account_id").filter(|live| live.collation.ends_with("_ci"))?;
    let (quoted, collation) = (dialect.quote(table), &live.collation);
    let modify = |ty: &str| format!("ALTER TABLE {quoted} MODIFY account_id {ty}");
    let (up, down) = (modify(&dialect.varchar(320)), modify(&format!("{} NOT NULL", live.reference_type())));
    let text = format!(
        "the column `account_id` of `{table}` is compared by `{collation}`, which takes `A` for `a`: of two accounts \
         whose ids differ in no more, one can be linked: `{up}`"
    );
    Some(Finding::warning(text).with_remedy(Remedy { up: vec![up], down: vec![down] }))
}
