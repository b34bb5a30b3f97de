//! The SQL that makes the table of what is counted for limits, and that which drops it.

use super::{SchemaSql, Step};
use crate::store::diesel::column_type::ColumnType;

impl SchemaSql {
    /// The table of what is counted for limits, of the same name in both layouts.
    pub(in super::super) const LIMIT_COUNTER: &'static str = "limit_counter";

    /// The statements that make what is missing.
    pub(super) fn create_counters(&self) -> Vec<Step> {
        let columns = self.limit_counter_columns();
        self.table(Self::LIMIT_COUNTER, ("counter", " PRIMARY KEY"), &columns, &[], &["full_at"])
    }

    /// The statements that undo [`create_counters`](Self::create_counters).
    pub(super) fn drop_counters(&self) -> Vec<String> {
        vec![format!("DROP TABLE IF EXISTS {}", self.dialect.quote(Self::LIMIT_COUNTER))]
    }

    /// The table of what is counted for limits, its columns' names and types. A moment is a number of microseconds
    /// there: it is reckoned with.
    pub(in super::super) fn limit_counter_columns(&self) -> Vec<(&'static str, String)> {
        vec![("counter", self.dialect.varchar(22)), ("full_at", i64::sql(self.dialect).to_owned())]
    }
}
