//! The SQL about what is counted for limits.

use crate::store::diesel::dialect::Dialect;
use crate::store::diesel::schema::LimitCounters;

/// The statements about what is counted. Each is atomic by itself.
#[derive(Debug)]
pub(in super::super) struct CounterQueries {
    /// Takes one of what a counter has left: later of its moment and now, and one interval; unless that is too late.
    pub(in super::super) take: String,
    /// Gives one interval back: the earlier moment, or now where that is later; unless all of the rate is there.
    pub(in super::super) give_back: String,
    /// Sets the moment of a counter, if it has an earlier one.
    pub(in super::super) raise: String,
    /// Makes a counter with a moment, unless it exists.
    pub(in super::super) insert: String,
    pub(in super::super) moment: String,
    pub(in super::super) delete: String,
}

impl CounterQueries {
    pub(super) fn new(dialect: Dialect) -> Self {
        let table = LimitCounters::NAME;
        let into = format!("INTO {table} (counter, full_at) VALUES (?, ?)");
        Self {
            take: format!(
                "UPDATE {table} SET full_at = (CASE WHEN full_at > ? THEN full_at ELSE ? END) + ? \
                 WHERE counter = ? AND full_at <= ?"
            ),
            give_back: format!(
                "UPDATE {table} SET full_at = (CASE WHEN full_at - ? > ? THEN full_at - ? ELSE ? END) \
                 WHERE counter = ? AND full_at > ?"
            ),
            raise: format!("UPDATE {table} SET full_at = ? WHERE counter = ? AND full_at < ?"),
            insert: dialect.insert_unless_there(&into),
            moment: format!("SELECT full_at FROM {table} WHERE counter = ?"),
            delete: format!("DELETE FROM {table} WHERE counter = ?"),
        }
    }
}
