//! The table of clients that are known at an account.

use super::{Before, Purge, SchemaSql, Table};
use crate::store::Tables;
use crate::store::diesel::column_type::ColumnType;

/// The table of known clients.
pub(in super::super) struct KnownClients;

impl KnownClients {
    /// Its name, in both layouts.
    pub(in super::super) const NAME: &'static str = "known_client";
}

impl Table for KnownClients {
    fn name(&self, _: &SchemaSql) -> &'static str {
        Self::NAME
    }

    fn migration(&self) -> &'static str {
        "00000000000013_axum_users_known_clients"
    }

    fn is_part_of(&self) -> Tables {
        Tables::KNOWN_CLIENTS
    }

    /// The moment is a number of microseconds, as in the table of counters.
    fn columns(&self, schema: &SchemaSql) -> Vec<(&'static str, String)> {
        vec![
            ("client", schema.dialect.varchar(22)),
            ("account", schema.dialect.varchar(22)),
            ("mark", schema.dialect.varchar(43)),
            ("expires_at", i64::sql(schema.dialect).to_owned()),
        ]
    }

    fn key(&self, _: &SchemaSql) -> (&'static str, &'static str) {
        ("client", " PRIMARY KEY")
    }

    fn indexed(&self, _: &SchemaSql) -> &'static [&'static str] {
        &["account", "expires_at"]
    }

    fn purge(&self, _: &SchemaSql) -> Option<Purge> {
        Some(Purge { column: "expires_at", before: Before::NowInMicros, and: "" })
    }
}
