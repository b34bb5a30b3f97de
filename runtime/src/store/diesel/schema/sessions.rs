//! The table of sessions: this crate's own, or that of FastAPI Users under `compat`.

use uuid::Uuid;

use super::{SchemaSql, Step};
use crate::store::diesel::column_type::ColumnType;

impl SchemaSql {
    /// The name of the table.
    #[must_use]
    pub fn session(&self) -> &'static str {
        self.compat.rules().session_table
    }

    /// The column by which old rows are deleted.
    pub(in super::super) fn session_moment(&self) -> &'static str {
        self.compat.rules().session_moment
    }

    /// The columns' names and types.
    pub(in super::super) fn session_columns(&self) -> Vec<(&'static str, String)> {
        if self.compat.rules().session_rows_expire { self.own_columns() } else { self.foreign_columns() }
    }

    /// FastAPI Users' columns.
    fn foreign_columns(&self) -> Vec<(&'static str, String)> {
        vec![
            ("token", self.dialect.varchar(43)),
            ("user_id", self.reference_type()),
            ("created_at", self.dialect.moment().to_owned()),
        ]
    }

    /// This crate's own columns. Those that no statement writes have a default.
    fn own_columns(&self) -> Vec<(&'static str, String)> {
        let dialect = self.dialect;
        let (number, flag) = (i32::sql(dialect), bool::sql(dialect));
        let text = |chars| nullable(&dialect.varchar(chars));
        let moment = || dialect.moment().to_owned();
        vec![
            ("id", Uuid::sql(dialect).to_owned()),
            ("token", format!("{} UNIQUE", text(43))),
            ("salt", text(43)),
            ("user_id", self.reference_type()),
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
            ("impersonator_id", nullable(&self.reference_type())),
            ("parent_id", Uuid::nullable_sql(dialect).to_owned()),
        ]
    }

    /// The statements that make what is missing.
    pub(super) fn session_table(&self) -> Vec<Step> {
        let (table, columns, reference) = (self.session(), self.session_columns(), self.reference());
        if !self.compat.rules().session_rows_expire {
            let key = ("token", " PRIMARY KEY");
            return self.table(table, key, &columns, &[reference], &["user_id", self.session_moment()]);
        }
        let parent = format!(
            "FOREIGN KEY (parent_id) REFERENCES {} (id) ON DELETE CASCADE",
            self.dialect.quote(table)
        );
        let indexed = &["user_id", self.session_moment(), "impersonator_id", "parent_id"];
        self.table(table, ("id", " PRIMARY KEY"), &columns, &[reference, parent], indexed)
    }
}

/// The same type, of a column that may be NULL.
fn nullable(sql: &str) -> String {
    sql.strip_suffix(" NOT NULL").unwrap_or(sql).to_owned()
}
