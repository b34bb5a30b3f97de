//! Checks that apply to any table.

use crate::store::diesel::catalog::LiveTable;
use crate::store::diesel::dialect::Dialect;
use crate::store::diesel::schema::{SchemaSql, Step, Version};
use crate::store::{Finding, Remedy};

/// Reports that a table of this crate is missing.
pub(super) fn no_table(schema: &SchemaSql, table: &'static str) -> Finding {
    let versions = schema.versions();
    let makes = |step: &Step| step.makes.table() == table;
    let steps = versions.iter().flat_map(|version| &version.steps).filter(|step| makes(step));
    let up = steps.map(|step| step.sql.clone()).collect::<Vec<_>>();
    let makes_it = |version: &&Version| version.steps.iter().any(makes);
    let migration = versions.iter().find(makes_it).map_or("", |version| version.name);
    let down = vec![format!("DROP TABLE {}", schema.dialect.quote(table))];
    Finding::error(format!(
        "there is no table `{table}`: the migration `{migration}` makes it, and so does the app itself with \
         `migrate: true`"
    ))
    .with_remedy(Remedy { up, down })
}

/// Reports that the database assigns no numbers to ids as it must, so that no row of `what` can be added.
pub(super) fn no_numbers(
    schema: &SchemaSql,
    table: &str,
    id: &str,
    live: &LiveTable,
    what: &str,
) -> Option<Finding> {
    let id = live.column(schema.dialect, id).filter(|id| schema.counts_ids && !id.has_default)?;
    let name = &id.name;
    Some(Finding::error(format!(
        "the database gives no numbers for the column `{name}` of `{table}`, and so takes no new {what}: make it count \
         them up"
    )))
}

/// Reports that the rows of a table, which are `what`, are not deleted with their user.
pub(super) fn reference(schema: &SchemaSql, table: &str, live: &LiveTable, what: &str) -> Option<Finding> {
    let is_same = |one: &str, other: &str| schema.dialect.is_same_name(one, other);
    let reference = live
        .references
        .iter()
        .find(|reference| is_same(&reference.column, "user_id") && is_same(&reference.table, schema.user));
    let user = schema.user;
    let missing = match reference {
        Some(reference) if reference.cascades => return None,
        Some(_) => format!("has no ON DELETE CASCADE: a user who has {what} can't be deleted"),
        None => format!("is missing: {what} would stay when their user is deleted"),
    };
    Some(Finding::error(format!("the foreign key from `{table}.user_id` to `{user}` {missing}")))
}

/// Reports that a table of MySQL has no transactions and foreign keys.
pub(super) fn engine(schema: &SchemaSql, table: &str, live: &LiveTable) -> Option<Finding> {
    let engine = &live.made_by;
    let has_transactions =
        schema.dialect != Dialect::Mysql || engine.is_empty() || engine.eq_ignore_ascii_case("InnoDB");
    (!has_transactions).then(|| {
        let table = schema.dialect.quote(table);
        Finding::error(format!(
            "the table {table} is kept by {engine}, which has no transactions: `ALTER TABLE {table} ENGINE = InnoDB`"
        ))
    })
}
