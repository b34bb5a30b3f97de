//! A table's columns as they are wanted, beside those that are there.

use super::kind::{Fit, Kind};
use crate::store::diesel::catalog::{LiveColumn, LiveTable};
use crate::store::diesel::dialect::Dialect;
use crate::store::{Finding, Remedy};

/// A column as it is wanted.
#[derive(Clone, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    /// Its type as the database spells it, `NOT NULL` included; empty where nobody here knows it.
    pub(super) sql: String,
    /// It must take this many characters, or as many as its type says, whichever is less.
    pub(super) least_chars: u32,
    /// Whether it is worth knowing that it does not hold all that its type says.
    pub(super) is_narrow_worth_knowing: bool,
    /// Whether it is cast when it is read and written, so that a number of any width will do.
    pub(super) is_cast: bool,
    /// What adds it.
    pub(super) remedy: Option<Remedy>,
}

/// What of a table's columns does not fit.
pub(super) fn compare(
    dialect: Dialect,
    table: &str,
    wanted: &[Wanted<'_>],
    live: &LiveTable,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for wanted in wanted {
        match live.column(dialect, wanted.name) {
            None => findings.push(missing(table, wanted)),
            Some(live) => {
                findings.extend(of_type(dialect, table, wanted, live));
                findings.extend(of_null(table, wanted, live));
            }
        }
    }
    let is_unknown =
        |live: &&LiveColumn| !wanted.iter().any(|wanted| dialect.is_same_name(wanted.name, &live.name));
    findings.extend(live.shape.columns.iter().filter(is_unknown).filter_map(|live| unknown(table, live)));
    findings
}

fn missing(table: &str, wanted: &Wanted<'_>) -> Finding {
    let name = wanted.name;
    let what = match &wanted.remedy {
        Some(Remedy { up, .. }) => format!("add it: `{}`", up.join("; ")),
        None => "add it in a migration of the app's own".to_owned(),
    };
    Finding::error(format!("the table `{table}` has no column `{name}`: {what}"))
        .with_remedy(wanted.remedy.clone())
}

fn of_type(dialect: Dialect, table: &str, wanted: &Wanted<'_>, live: &LiveColumn) -> Option<Finding> {
    let (name, ty) = (wanted.name, &live.ty);
    let sql = wanted.sql.trim_end_matches(" NOT NULL");
    if let (Some(Kind::Text(Some(most))), Some(Kind::Text(Some(chars)))) =
        (Kind::of(dialect, &wanted.sql), Kind::of(dialect, ty))
        && chars < most.min(wanted.least_chars)
    {
        return Some(Finding::error(format!(
            "the column `{name}` of `{table}` is `{ty}`, too short for what it holds: widen it to `VARCHAR({most})`"
        )));
    }
    let what = format!("the column `{name}` of `{table}` is `{ty}` where `{sql}` is wanted");
    let fit = if wanted.is_cast { Fit::of_cast } else { Fit::of };
    match fit(dialect, &wanted.sql, ty) {
        Fit::Whole => None,
        Fit::Narrow => wanted
            .is_narrow_worth_knowing
            .then(|| Finding::warning(format!("{what}: some of the values do not fit, and are refused"))),
        Fit::Loose => Some(Finding::warning(format!("{what}: the database may change the values"))),
        Fit::None => {
            Some(Finding::error(format!("{what}: change the column, or what stands for it in the app")))
        }
    }
}

fn of_null(table: &str, wanted: &Wanted<'_>, live: &LiveColumn) -> Option<Finding> {
    if wanted.sql.is_empty() {
        return None;
    }
    let name = wanted.name;
    let sql = wanted.sql.to_ascii_uppercase();
    match (sql.contains("NOT NULL") || sql.contains("PRIMARY KEY"), live.is_nullable) {
        (true, true) => Some(Finding::warning(format!(
            "the column `{name}` of `{table}` may be NULL, and a row where it is can't be read: make it NOT NULL, or \
             its field an `Option`"
        ))),
        (false, false) => Some(Finding::error(format!(
            "the column `{name}` of `{table}` is NOT NULL, and its field is an `Option`: let the column be NULL, or \
             the field always hold a value"
        ))),
        _ => None,
    }
}

/// A column that the app knows nothing of.
fn unknown(table: &str, live: &LiveColumn) -> Option<Finding> {
    let name = &live.name;
    (!live.is_nullable && !live.has_default).then(|| {
        Finding::error(format!(
            "the column `{name}` of `{table}` is NOT NULL without a default, and the app does not know it: no row can be \
             added. Give it a default, or the struct a field for it"
        ))
    })
}
