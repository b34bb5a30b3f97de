//! The SQL about known clients.

use super::purge;
use crate::store::diesel::dialect::Dialect;
use crate::store::diesel::schema::SchemaSql;

/// The statements about clients that are known at an account. Each is atomic by itself.
#[derive(Debug)]
pub(in super::super) struct KnownClientQueries {
    pub(in super::super) remember: String,
    pub(in super::super) recall: String,
    pub(in super::super) purge: String,
}

impl KnownClientQueries {
    pub(super) fn new(dialect: Dialect) -> Self {
        let table = SchemaSql::KNOWN_CLIENT;
        let replace = match dialect {
            Dialect::Sqlite | Dialect::Postgres => {
                "ON CONFLICT (client) DO UPDATE SET mark = excluded.mark, expires_at = excluded.expires_at"
            }
            Dialect::Mysql => "ON DUPLICATE KEY UPDATE mark = VALUES(mark), expires_at = VALUES(expires_at)",
        };
        Self {
            remember: format!("INSERT INTO {table} (client, mark, expires_at) VALUES (?, ?, ?) {replace}"),
            recall: format!("SELECT mark FROM {table} WHERE client = ? AND expires_at > ?"),
            purge: purge(dialect, table, "client", "expires_at", ""),
        }
    }
}
