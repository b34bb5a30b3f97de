//! The table of the accounts that users have at OAuth providers.

use super::{ACCOUNT_KEY, ColumnCheck, SchemaObject, SchemaSql, Step, Table};
use crate::store::Tables;
use crate::store::diesel::column_type::ColumnType;
use crate::store::diesel::dialect::Dialect;

/// The table of OAuth accounts.
pub(in super::super) struct Accounts;

impl Accounts {
    /// Its name, in both layouts.
    pub(in super::super) const NAME: &'static str = "oauth_account";
    /// The unique index on [`ACCOUNT_KEY`].
    pub(in super::super) const UNIQUE_INDEX: &'static str = "ix_oauth_account_oauth_name_account_id";

    /// Returns the step that makes the unique index, since a check in code can't keep an account to one user. A table that
    /// FastAPI Users made has no such index.
    pub(in super::super) fn unique(schema: &SchemaSql) -> Step {
        let (table, index) = (Self::NAME, Self::UNIQUE_INDEX);
        let unless_there = match schema.dialect {
            Dialect::Sqlite | Dialect::Postgres => " IF NOT EXISTS",
            Dialect::Mysql => "",
        };
        let sql = format!(
            "CREATE UNIQUE INDEX{unless_there} {index} ON {} ({})",
            schema.dialect.quote(table),
            ACCOUNT_KEY.join(", "),
        );
        Step { makes: SchemaObject::UniqueAccount { table, index: index.to_owned() }, sql }
    }
}

impl Table for Accounts {
    fn name(&self, _: &SchemaSql) -> &'static str {
        Self::NAME
    }

    fn migration(&self) -> &'static str {
        "00000000000002_axum_users_oauth"
    }

    fn is_part_of(&self) -> Tables {
        Tables::OAUTH_ACCOUNTS
    }

    fn columns(&self, schema: &SchemaSql) -> Vec<(&'static str, String)> {
        let dialect = schema.dialect;
        let id = match dialect {
            // It counts up no other type.
            Dialect::Sqlite if schema.counts_ids => "INTEGER NOT NULL".to_owned(),
            _ => schema.reference_type(),
        };
        // Some providers' tokens are longer than the 1,024 characters of a table that FastAPI Users made.
        let token = dialect.text();
        let is_short = schema.compat.rules().latest_account_expiry <= i32::MAX.into();
        let expires_at = if is_short { i32::nullable_sql(dialect) } else { i64::nullable_sql(dialect) };
        let nullable = token.trim_end_matches(" NOT NULL").to_owned();
        vec![
            ("id", id),
            ("user_id", schema.reference_type()),
            ("oauth_name", dialect.varchar(100)),
            ("account_id", dialect.varchar(320)),
            ("account_email", dialect.varchar(320)),
            ("access_token", token),
            ("expires_at", expires_at.to_owned()),
            ("refresh_token", nullable),
        ]
    }

    fn key(&self, schema: &SchemaSql) -> (&'static str, &'static str) {
        ("id", schema.id_key())
    }

    fn references(&self, schema: &SchemaSql) -> Vec<String> {
        vec![schema.reference()]
    }

    fn indexed(&self, schema: &SchemaSql) -> &'static [&'static str] {
        schema.compat.rules().indexed_account_columns
    }

    fn further_steps(&self, schema: &SchemaSql) -> Vec<Step> {
        vec![Self::unique(schema)]
    }

    fn of_user(&self) -> Option<&'static str> {
        Some("accounts")
    }

    /// A key that is too short finds nobody.
    fn check(&self, _: &SchemaSql, name: &str) -> ColumnCheck {
        ColumnCheck {
            needs_width: matches!(name, "id" | "user_id"),
            is_cast: name == "expires_at",
            ..ColumnCheck::default()
        }
    }
}
