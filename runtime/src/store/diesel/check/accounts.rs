//! The table of OAuth accounts, and the index that keeps each of them to one user.

use super::table::no_numbers;
use crate::store::diesel::catalog::{self, LiveTable};
use crate::store::diesel::connection::DatabaseConnection;
use crate::store::diesel::dialect::Dialect;
use crate::store::diesel::schema::{ACCOUNT_KEY, Accounts, SchemaSql, Table};
use crate::store::{Finding, Remedy, StoreError};

/// What is there of accounts.
pub(super) struct LiveAccounts {
    table: LiveTable,
    /// Whether an index keeps them unique.
    is_unique: bool,
    /// How many accounts more than one row has, where no index forbids it.
    shared: u64,
}

impl LiveAccounts {
    /// Returns `None` if the app uses no accounts, or their table is missing.
    pub(super) async fn read<C: DatabaseConnection>(
        connection: &mut C,
        schema: &SchemaSql,
        own: &[(&dyn Table, Option<LiveTable>)],
    ) -> Result<Option<Self>, StoreError> {
        let is_theirs = |table: &dyn Table| table.name(schema) == Accounts::NAME;
        let Some(table) = own.iter().find_map(|(table, live)| live.clone().filter(|_| is_theirs(*table)))
        else {
            return Ok(None);
        };
        let is_unique = !table.shape.unique_on(schema.dialect, ACCOUNT_KEY).is_empty();
        let is_countable = !is_unique && has_key(schema, &table);
        let shared = if is_countable { catalog::shared_accounts(connection).await? } else { 0 };
        Ok(Some(Self { table, is_unique, shared }))
    }
}

fn has_key(schema: &SchemaSql, live: &LiveTable) -> bool {
    ACCOUNT_KEY.iter().all(|name| live.column(schema.dialect, name).is_some())
}

/// Returns what does not fit of the accounts in particular.
pub(super) fn check(schema: &SchemaSql, live: &LiveAccounts) -> Vec<Finding> {
    let numbers = no_numbers(schema, Accounts::NAME, "id", &live.table, "account");
    [numbers, unique(schema, live), collation(schema, &live.table)].into_iter().flatten().collect()
}

/// What is wrong with the way accounts are kept unique.
fn unique(schema: &SchemaSql, live: &LiveAccounts) -> Option<Finding> {
    if live.is_unique || !has_key(schema, &live.table) {
        return None;
    }
    let (table, index) = (Accounts::NAME, Accounts::UNIQUE_INDEX);
    if live.shared > 0 {
        let shared = live.shared;
        return Some(Finding::error(format!(
            "{shared} of the accounts in `{table}` stand in more than one row: leave each to one; only then can the \
             unique index on `oauth_name` and `account_id` be made"
        )));
    }
    let sql = Accounts::unique(schema).sql;
    let text = format!("nothing in the database keeps the accounts in `{table}` unique: `{sql}`");
    let drop = match schema.dialect {
        Dialect::Sqlite | Dialect::Postgres => format!("DROP INDEX IF EXISTS {index}"),
        Dialect::Mysql => format!("DROP INDEX {index} ON {}", schema.dialect.quote(table)),
    };
    Some(Finding::error(text).with_remedy(Remedy { up: vec![sql], down: vec![drop] }))
}

/// Whether MySQL takes one id for another.
fn collation(schema: &SchemaSql, accounts: &LiveTable) -> Option<Finding> {
    let (dialect, table) = (schema.dialect, Accounts::NAME);
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
