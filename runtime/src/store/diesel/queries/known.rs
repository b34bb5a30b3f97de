//! The SQL about known clients.

use crate::store::diesel::dialect::Dialect;
use crate::store::diesel::schema::KnownClients;

/// The statements about clients that are known at an account. Each is atomic by itself.
#[derive(Debug)]
pub(in super::super) struct KnownClientQueries {
    /// Deletes the clients of an account that have another mark.
    pub(in super::super) forget_others: String,
    pub(in super::super) remember: String,
    pub(in super::super) recall: String,
    /// Counts the clients of an account.
    pub(in super::super) count: String,
    /// Deletes so many clients of an account, those that end earliest, but not one of them. It sorts the few rows of the
    /// account.
    pub(in super::super) evict: String,
}

impl KnownClientQueries {
    pub(super) fn new(dialect: Dialect) -> Self {
        let table = KnownClients::NAME;
        let replace = match dialect {
            Dialect::Sqlite | Dialect::Postgres => {
                "ON CONFLICT (client) DO UPDATE SET mark = excluded.mark, expires_at = excluded.expires_at"
            }
            Dialect::Mysql => "ON DUPLICATE KEY UPDATE mark = VALUES(mark), expires_at = VALUES(expires_at)",
        };
        let evicted = "account = ? AND client <> ? ORDER BY expires_at LIMIT ?";
        Self {
            forget_others: format!("DELETE FROM {table} WHERE account = ? AND mark <> ?"),
            remember: format!(
                "INSERT INTO {table} (client, account, mark, expires_at) VALUES (?, ?, ?, ?) {replace}"
            ),
            count: format!("SELECT count(*) FROM {table} WHERE account = ?"),
            evict: match dialect {
                Dialect::Sqlite | Dialect::Postgres => format!(
                    "DELETE FROM {table} WHERE client IN (SELECT client FROM {table} WHERE {evicted})"
                ),
                Dialect::Mysql => format!("DELETE FROM {table} WHERE {evicted}"),
            },
            recall: format!("SELECT mark FROM {table} WHERE client = ? AND expires_at > ?"),
        }
    }
}
