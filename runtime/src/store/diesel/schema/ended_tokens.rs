//! The table of revoked tokens, and of the generations of users.

use super::{Before, Purge, SchemaSql, Table};
use crate::store::Tables;
use crate::store::diesel::column_type::ColumnType;

/// The table of revoked tokens.
pub(in super::super) struct EndedTokens;

impl Table for EndedTokens {
    fn name(&self, _: &SchemaSql) -> &'static str {
        "ended_token"
    }

    fn migration(&self) -> &'static str {
        SchemaSql::FIRST
    }

    fn is_part_of(&self) -> Tables {
        Tables::USERS
    }

    fn columns(&self, schema: &SchemaSql) -> Vec<(&'static str, String)> {
        let dialect = schema.dialect;
        vec![
            ("token", dialect.varchar(64)),
            ("ended_at", dialect.moment().to_owned()),
            ("expires_at", dialect.moment().to_owned()),
            // Set in rows that represent all tokens of a user.
            ("generation", format!("{} DEFAULT 0", i64::sql(dialect))),
        ]
    }

    fn key(&self, _: &SchemaSql) -> (&'static str, &'static str) {
        ("token", " PRIMARY KEY")
    }

    fn indexed(&self, _: &SchemaSql) -> &'static [&'static str] {
        &["expires_at"]
    }

    /// A generation is never deleted.
    fn purge(&self, _: &SchemaSql) -> Option<Purge> {
        Some(Purge { column: "expires_at", before: Before::Now, and: " AND generation = 0" })
    }
}
