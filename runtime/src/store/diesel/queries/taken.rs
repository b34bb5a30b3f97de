//! What a database says when a row breaks a unique index: which index it was.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

use crate::store::diesel::dialect::Dialect;
use crate::store::diesel::schema::{Accounts, SchemaSql};

/// How a database names the unique indexes on one thing. There may be others beside ours, and any of them may be asked
/// first.
#[derive(Debug)]
pub(super) struct Taken {
    dialect: Dialect,
    names: Vec<String>,
}

impl Taken {
    /// Those on an address; `live` are the ones that are there.
    pub(super) fn email(schema: &SchemaSql, live: &[&str]) -> Self {
        let email = schema.roles.email.name;
        Self::of(schema.dialect, &schema.email_index(), live, schema.user, &[&[email]])
    }

    /// Those on an account at another service.
    pub(super) fn account(schema: &SchemaSql, live: &[&str]) -> Self {
        let columns: [&[&str]; 2] = [&["oauth_name", "account_id"], &["account_id", "oauth_name"]];
        Self::of(schema.dialect, Accounts::UNIQUE_INDEX, live, Accounts::NAME, &columns)
    }

    /// `ours` may be made while the app runs. SQLite names the columns of an index, unless it is on an expression.
    fn of(dialect: Dialect, ours: &str, live: &[&str], table: &str, columns: &[&[&str]]) -> Self {
        let indexes = live.iter().copied().chain([ours]);
        let names = match dialect {
            Dialect::Sqlite => {
                let of_table = |name: &&str| format!("{table}.{name}");
                let columns =
                    columns.iter().map(|names| names.iter().map(of_table).collect::<Vec<_>>().join(", "));
                let indexes = indexes.map(|index| format!("index '{index}'"));
                indexes.chain(columns).map(|key| format!("UNIQUE constraint failed: {key}")).collect()
            }
            Dialect::Postgres | Dialect::Mysql => indexes.map(str::to_owned).collect(),
        };
        Self { dialect, names }
    }

    /// Whether it is one of these that an error is about.
    pub(super) fn is(&self, error: &Error) -> bool {
        let Error::DatabaseError(DatabaseErrorKind::UniqueViolation, information) = error else {
            return false;
        };
        self.name(&**information).is_some_and(|name| self.names.iter().any(|known| known == name))
    }

    fn name<'i>(&self, violation: &'i dyn DatabaseErrorInformation) -> Option<&'i str> {
        match self.dialect {
            Dialect::Sqlite => Some(violation.message()),
            Dialect::Postgres => violation.constraint_name(),
            // `Duplicate entry 'x' for key 'user.ix_user_email'`; MariaDB leaves the table out.
            Dialect::Mysql => violation
                .message()
                .rsplit_once(" '")
                .and_then(|(_, key)| key.strip_suffix('\''))
                .map(|key| key.rsplit_once('.').map_or(key, |(_, key)| key)),
        }
    }
}
