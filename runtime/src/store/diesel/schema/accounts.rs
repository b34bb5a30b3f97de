//! The SQL that makes the table of accounts at other services, and that which drops it.

use super::account_key::ACCOUNT_KEY;
use super::{SchemaObject, SchemaSql, Step};
use crate::store::diesel::column_type::ColumnType;
use crate::store::diesel::dialect::Dialect;

impl SchemaSql {
    /// The table of accounts at other services, of the same name in both layouts.
    pub(in super::super) const OAUTH_ACCOUNT: &'static str = "oauth_account";
    /// The unique index on [`ACCOUNT_KEY`].
    pub(in super::super) const ACCOUNT_INDEX: &'static str = "ix_oauth_account_oauth_name_account_id";

    /// The statements that make what is missing.
    pub(super) fn create_accounts(&self) -> Vec<Step> {
        let columns = self.oauth_account_columns();
        let indexed = self.compat.rules().indexed_account_columns;
        let key = ("id", self.id_key());
        let mut steps = self.table(Self::OAUTH_ACCOUNT, key, &columns, &[self.reference()], indexed);
        steps.push(self.unique_account());
        steps
    }

    /// The statements that undo [`create_accounts`](Self::create_accounts).
    pub(super) fn drop_accounts(&self) -> Vec<String> {
        vec![format!("DROP TABLE IF EXISTS {}", self.dialect.quote(Self::OAUTH_ACCOUNT))]
    }

    /// What a check in code can't keep: one user an account. A table that FastAPI Users made has no such index.
    pub(in super::super) fn unique_account(&self) -> Step {
        let (table, index) = (Self::OAUTH_ACCOUNT, Self::ACCOUNT_INDEX);
        let unless_there = match self.dialect {
            Dialect::Sqlite | Dialect::Postgres => " IF NOT EXISTS",
            Dialect::Mysql => "",
        };
        let sql = format!(
            "CREATE UNIQUE INDEX{unless_there} {index} ON {} ({})",
            self.dialect.quote(table),
            ACCOUNT_KEY.join(", "),
        );
        Step { makes: SchemaObject::UniqueAccount { table, index: index.to_owned() }, sql }
    }

    /// The table of accounts at other services, its columns' names and types.
    pub(in super::super) fn oauth_account_columns(&self) -> Vec<(&'static str, String)> {
        let dialect = self.dialect;
        let id = match dialect {
            // It counts up no other type.
            Dialect::Sqlite if self.counts_ids => "INTEGER NOT NULL".to_owned(),
            _ => self.reference_type(),
        };
        // Some providers' tokens are longer than the 1,024 characters of a table that FastAPI Users made.
        let token = dialect.text();
        let is_short = self.compat.rules().latest_account_expiry <= i32::MAX.into();
        let expires_at = if is_short { i32::nullable_sql(dialect) } else { i64::nullable_sql(dialect) };
        let nullable = token.trim_end_matches(" NOT NULL").to_owned();
        vec![
            ("id", id),
            ("user_id", self.reference_type()),
            ("oauth_name", dialect.varchar(100)),
            ("account_id", dialect.varchar(320)),
            ("account_email", dialect.varchar(320)),
            ("access_token", token),
            ("expires_at", expires_at.to_owned()),
            ("refresh_token", nullable),
        ]
    }
}
