//! The table of sessions: this crate's own, or that of FastAPI Users under `compat`.

use uuid::Uuid;

use super::{Before, ColumnCheck, Purge, SchemaSql, Table};
use crate::store::Tables;
use crate::store::diesel::column_type::ColumnType;

impl SchemaSql {
    /// The name of the table of sessions.
    #[must_use]
    pub fn session(&self) -> &'static str {
        self.compat.rules().session_table
    }

    /// Returns whether it is this crate's own table, whose rows say when they end.
    pub(in super::super) fn has_own_sessions(&self) -> bool {
        self.compat.rules().session_rows_expire
    }
}

/// The table of sessions.
pub(in super::super) struct Sessions;

impl Table for Sessions {
    fn name(&self, schema: &SchemaSql) -> &'static str {
        schema.session()
    }

    fn migration(&self) -> &'static str {
        SchemaSql::FIRST
    }

    fn is_part_of(&self) -> Tables {
        Tables::USERS
    }

    fn columns(&self, schema: &SchemaSql) -> Vec<(&'static str, String)> {
        if schema.has_own_sessions() { own_columns(schema) } else { foreign_columns(schema) }
    }

    fn key(&self, schema: &SchemaSql) -> (&'static str, &'static str) {
        (if schema.has_own_sessions() { "id" } else { "token" }, " PRIMARY KEY")
    }

    fn references(&self, schema: &SchemaSql) -> Vec<String> {
        let mut references = vec![schema.reference()];
        if schema.has_own_sessions() {
            let sessions = schema.dialect.quote(schema.session());
            references.push(format!("FOREIGN KEY (parent_id) REFERENCES {sessions} (id) ON DELETE CASCADE"));
        }
        references
    }

    fn indexed(&self, schema: &SchemaSql) -> &'static [&'static str] {
        if schema.has_own_sessions() {
            &["user_id", "expires_at", "impersonator_id", "parent_id"]
        } else {
            &["user_id", "created_at"]
        }
    }

    fn purge(&self, schema: &SchemaSql) -> Option<Purge> {
        let (column, before) = if schema.has_own_sessions() {
            ("expires_at", Before::Now)
        } else {
            ("created_at", Before::SessionsSince)
        };
        Some(Purge { column, before, and: "" })
    }

    fn of_user(&self) -> Option<&'static str> {
        Some("tokens")
    }

    /// FastAPI Users' own table does not keep the parts of a second on MySQL.
    fn check(&self, schema: &SchemaSql, _: &str) -> ColumnCheck {
        ColumnCheck { reports_narrow: schema.has_own_sessions(), ..ColumnCheck::default() }
    }
}

/// FastAPI Users' columns.
fn foreign_columns(schema: &SchemaSql) -> Vec<(&'static str, String)> {
    vec![
        ("token", schema.dialect.varchar(43)),
        ("user_id", schema.reference_type()),
        ("created_at", schema.dialect.moment().to_owned()),
    ]
}

/// This crate's own columns. Those that no statement writes have a default.
fn own_columns(schema: &SchemaSql) -> Vec<(&'static str, String)> {
    let dialect = schema.dialect;
    let (number, flag) = (i32::sql(dialect), bool::sql(dialect));
    let text = |chars| nullable(&dialect.varchar(chars));
    let moment = || dialect.moment().to_owned();
    vec![
        ("id", Uuid::sql(dialect).to_owned()),
        ("token", format!("{} UNIQUE", text(43))),
        ("salt", text(43)),
        ("user_id", schema.reference_type()),
        ("backend", dialect.varchar(100)),
        ("fingerprint", dialect.varchar(43)),
        ("created_at", moment()),
        ("seen_at", moment()),
        ("expires_at", moment()),
        ("authenticated_at", moment()),
        ("second_factor_at", nullable(dialect.moment())),
        ("methods", format!("{number} DEFAULT 0")),
        ("generation", format!("{number} DEFAULT 0")),
        ("min_generation", format!("{number} DEFAULT 0")),
        ("rotated_at", nullable(dialect.moment())),
        ("is_confirmed", format!("{flag} DEFAULT TRUE")),
        ("is_remembered", format!("{flag} DEFAULT TRUE")),
        ("device", text(43)),
        ("ip", text(45)),
        ("user_agent", text(400)),
        ("name", text(100)),
        ("data", nullable(&dialect.text())),
        ("impersonator_id", nullable(&schema.reference_type())),
        ("parent_id", Uuid::nullable_sql(dialect).to_owned()),
    ]
}

/// The same type, of a column that may be NULL.
fn nullable(sql: &str) -> String {
    sql.strip_suffix(" NOT NULL").unwrap_or(sql).to_owned()
}
