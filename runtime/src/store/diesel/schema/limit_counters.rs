//! The table of rate limit counters.

use super::{Before, Purge, SchemaSql, Table};
use crate::store::Tables;
use crate::store::diesel::column_type::ColumnType;

/// The table of rate limit counters.
pub(in super::super) struct LimitCounters;

impl LimitCounters {
    /// Its name, in both layouts.
    pub(in super::super) const NAME: &'static str = "limit_counter";
}

impl Table for LimitCounters {
    fn name(&self, _: &SchemaSql) -> &'static str {
        Self::NAME
    }

    fn migration(&self) -> &'static str {
        "00000000000003_axum_users_limits"
    }

    fn is_part_of(&self) -> Tables {
        Tables::LIMIT_COUNTERS
    }

    /// The moment is a number of microseconds, since statements calculate with it.
    fn columns(&self, schema: &SchemaSql) -> Vec<(&'static str, String)> {
        vec![("counter", schema.dialect.varchar(22)), ("full_at", i64::sql(schema.dialect).to_owned())]
    }

    fn key(&self, _: &SchemaSql) -> (&'static str, &'static str) {
        ("counter", " PRIMARY KEY")
    }

    fn indexed(&self, _: &SchemaSql) -> &'static [&'static str] {
        &["full_at"]
    }

    fn purge(&self, _: &SchemaSql) -> Option<Purge> {
        Some(Purge { column: "full_at", before: Before::NowInMicros, and: "" })
    }
}
