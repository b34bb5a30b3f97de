//! The SQL that makes the table of known clients, and that which drops it.

use super::{SchemaSql, Step};
use crate::store::diesel::column_type::ColumnType;

impl SchemaSql {
    /// The table of clients that are known at an account, of the same name in both layouts.
    pub(in super::super) const KNOWN_CLIENT: &'static str = "known_client";

    /// The statements that make what is missing.
    pub(super) fn create_known_clients(&self) -> Vec<Step> {
        let columns = self.known_client_columns();
        self.table(Self::KNOWN_CLIENT, ("client", " PRIMARY KEY"), &columns, &[], &["account", "expires_at"])
    }

    /// The statements that undo [`create_known_clients`](Self::create_known_clients).
    pub(super) fn drop_known_clients(&self) -> Vec<String> {
        vec![format!("DROP TABLE IF EXISTS {}", self.dialect.quote(Self::KNOWN_CLIENT))]
    }

    /// The table of known clients, its columns' names and types. A moment is a number of microseconds, as in the table of
    /// counters.
    pub(in super::super) fn known_client_columns(&self) -> Vec<(&'static str, String)> {
        vec![
            ("client", self.dialect.varchar(22)),
            ("account", self.dialect.varchar(22)),
            ("mark", self.dialect.varchar(43)),
            ("expires_at", i64::sql(self.dialect).to_owned()),
        ]
    }
}
