//! The SQL that makes the tables, and the same as a migration for the Diesel CLI.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::column::{Column, Role};
use super::dialect::Dialect;
use super::row::UserTable;
use crate::layout::Layout;
use crate::user::UserId;

/// The names in an app's schema, and the SQL that makes it.
#[derive(Clone, Debug)]
pub struct SchemaSql {
    pub(super) dialect: Dialect,
    pub(super) layout: Layout,
    pub(super) user: &'static str,
    user_is_own: bool,
    columns: &'static [Column],
    pub(super) roles: Roles,
    /// Whether the database counts the ids up.
    counts_ids: bool,
}

/// A statement that makes a part of the schema.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) sql: String,
    /// What finds a row where the part is there already, for a database whose SQL can't say so.
    pub(super) unless: Option<String>,
}

impl From<String> for Step {
    fn from(sql: String) -> Self {
        Self { sql, unless: None }
    }
}

/// The columns that this crate knows by what they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Roles {
    pub(super) id: &'static Column,
    pub(super) email: &'static Column,
    pub(super) hashed_password: &'static Column,
    pub(super) is_active: &'static Column,
    pub(super) is_verified: &'static Column,
}

impl Roles {
    const fn of(columns: &'static [Column]) -> Self {
        Self {
            id: the(columns, Role::Id),
            email: the(columns, Role::Email),
            hashed_password: the(columns, Role::HashedPassword),
            is_active: the(columns, Role::IsActive),
            is_verified: the(columns, Role::IsVerified),
        }
    }
}

/// The column of this role. It is looked for when an app is compiled, and so is its absence found.
const fn the(columns: &'static [Column], role: Role) -> &'static Column {
    let mut index = 0;
    while index < columns.len() {
        if columns[index].role as u8 == role as u8 {
            return &columns[index];
        }
        index += 1;
    }
    panic!("a user's table has an id, an address, a hash of the password and three flags");
}

impl SchemaSql {
    /// The schema of the user `U`.
    #[must_use]
    pub fn of<U: UserTable>(dialect: Dialect, layout: Layout) -> Self {
        Self {
            dialect,
            layout,
            user: U::TABLE,
            user_is_own: U::TABLE_IS_OWN,
            columns: U::COLUMNS,
            roles: const { Roles::of(U::COLUMNS) },
            counts_ids: U::Id::generate().is_none(),
        }
    }

    /// The name of the table of access tokens.
    #[must_use]
    pub fn access_token(&self) -> &'static str {
        match self.layout {
            Layout::Own => "access_token",
            Layout::FastApiUsers => "accesstoken",
        }
    }

    /// The column that tells how old an access token is.
    pub(super) fn token_moment(&self) -> &'static str {
        match self.layout {
            Layout::Own => "expires_at",
            Layout::FastApiUsers => "created_at",
        }
    }

    pub(super) fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.name)
    }

    /// The statements that make what is missing.
    #[must_use]
    pub fn create(&self) -> Vec<String> {
        self.steps().into_iter().map(|step| step.sql).collect()
    }

    /// The statements that make what is missing. They can be run again and again, each where it says.
    pub(super) fn steps(&self) -> Vec<Step> {
        let user = self.dialect.quote(self.user);
        let mut steps = Vec::<Step>::new();
        if !self.user_is_own {
            steps.push(format!("CREATE TABLE IF NOT EXISTS {user} (\n{}\n)", self.user_columns()).into());
        }
        // The promise that a check in code can't keep: one user an address, in any case.
        steps.push(self.unique_email());
        steps.extend(self.access_token_table().into_iter().map(Step::from));
        steps.extend(self.ended_token_table().into_iter().map(Step::from));
        steps
    }

    /// The statements that undo [`create`](Self::create).
    #[must_use]
    pub fn drop(&self) -> Vec<String> {
        let quote = |name: &str| self.dialect.quote(name);
        let drop = |table: &str| format!("DROP TABLE IF EXISTS {}", quote(table));
        let mut statements = vec![drop("ended_token"), drop(self.access_token())];
        if !self.user_is_own {
            statements.push(drop(self.user));
            return statements;
        }
        statements.push(match self.dialect {
            Dialect::Sqlite | Dialect::Postgres => {
                format!("DROP INDEX IF EXISTS {}", quote(&self.email_index()))
            }
            Dialect::Mysql => format!(
                "ALTER TABLE {} DROP INDEX {}, DROP COLUMN {}",
                quote(self.user),
                quote(&self.email_index()),
                quote(&self.lowered_email()),
            ),
        });
        statements
    }

    /// The schema as a migration for `diesel migration run`.
    #[must_use]
    pub fn migration(&self) -> Migration {
        let script = |statements: Vec<String>| statements.into_iter().map(|sql| sql + ";\n").collect();
        Migration {
            name: "00000000000001_axum_users".to_owned(),
            up: script(self.create()),
            down: script(self.drop()),
        }
    }

    pub(super) fn email_index(&self) -> String {
        format!("ix_{}_email_lower", self.user)
    }

    /// MySQL's column of lowered addresses, which the index lies on: MariaDB has no index on an expression.
    pub(super) fn lowered_email(&self) -> String {
        format!("{}_lower", self.roles.email.name)
    }

    fn unique_email(&self) -> Step {
        let quote = |name: &str| self.dialect.quote(name);
        let (user, email) = (quote(self.user), quote(self.roles.email.name));
        let (index, lowered) = (quote(&self.email_index()), self.dialect.lowered(&email));
        match self.dialect {
            Dialect::Sqlite | Dialect::Postgres => {
                format!("CREATE UNIQUE INDEX IF NOT EXISTS {index} ON {user} ({lowered})").into()
            }
            Dialect::Mysql => {
                let name = self.lowered_email();
                let column = quote(&name);
                Step {
                    sql: format!(
                        "ALTER TABLE {user} ADD COLUMN {column} VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin \
                         GENERATED ALWAYS AS ({lowered}) VIRTUAL, ADD UNIQUE INDEX {index} ({column})"
                    ),
                    unless: Some(format!(
                        "SELECT 1 FROM information_schema.columns WHERE table_schema = database() \
                         AND table_name = '{}' AND column_name = '{name}'",
                        self.user,
                    )),
                }
            }
        }
    }

    fn user_columns(&self) -> String {
        self.columns
            .iter()
            .map(|column| {
                let name = self.dialect.quote(column.name);
                let sql = (column.sql)(self.dialect);
                let ty = match column.role {
                    // A number is never given out twice: a token of a deleted user must not become another's.
                    Role::Id if self.counts_ids => match self.dialect {
                        Dialect::Sqlite => format!("{sql} PRIMARY KEY AUTOINCREMENT"),
                        Dialect::Postgres => format!("{sql} GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"),
                        Dialect::Mysql => format!("{sql} AUTO_INCREMENT PRIMARY KEY"),
                    },
                    Role::Id => format!("{sql} PRIMARY KEY"),
                    Role::Email => self.dialect.varchar(320),
                    Role::HashedPassword => self.dialect.varchar(1024),
                    Role::IsActive | Role::IsSuperuser | Role::IsVerified | Role::Own => sql.to_owned(),
                };
                format!("    {name} {ty}")
            })
            .collect::<Vec<_>>()
            .join(",\n")
    }

    fn access_token_table(&self) -> Vec<String> {
        let table = self.access_token();
        let user = self.dialect.quote(self.user);
        let (id, moment) = (self.roles.id, self.token_moment());
        let id_name = self.dialect.quote(id.name);
        let mut columns = vec![
            format!("token {} PRIMARY KEY", self.dialect.varchar(43)),
            format!("user_id {}", (id.sql)(self.dialect)),
            format!("{moment} {}", self.dialect.moment()),
        ];
        if self.layout == Layout::Own {
            columns.push(format!("fingerprint {}", self.dialect.varchar(43)));
        }
        columns.push(format!("FOREIGN KEY (user_id) REFERENCES {user} ({id_name}) ON DELETE CASCADE"));
        self.table(table, columns, &["user_id", moment])
    }

    fn ended_token_table(&self) -> Vec<String> {
        let moment = self.dialect.moment();
        let columns = vec![
            format!("token {} PRIMARY KEY", self.dialect.varchar(64)),
            format!("ended_at {moment}"),
            format!("expires_at {moment}"),
        ];
        self.table("ended_token", columns, &["expires_at"])
    }

    /// A table of ours with an index on each of `indexed`.
    fn table(&self, table: &str, mut columns: Vec<String>, indexed: &[&str]) -> Vec<String> {
        let quoted = self.dialect.quote(table);
        let mut indexes = Vec::new();
        for column in indexed {
            match self.dialect {
                Dialect::Sqlite | Dialect::Postgres => indexes
                    .push(format!("CREATE INDEX IF NOT EXISTS ix_{table}_{column} ON {quoted} ({column})")),
                Dialect::Mysql => columns.push(format!("INDEX ix_{table}_{column} ({column})")),
            }
        }
        let columns = columns.join(",\n    ");
        let mut statements = vec![format!("CREATE TABLE IF NOT EXISTS {quoted} (\n    {columns}\n)")];
        statements.extend(indexes);
        statements
    }
}

/// A migration as the Diesel CLI reads it: a folder with `up.sql` and `down.sql`.
#[derive(Clone, Debug)]
pub struct Migration {
    /// The folder's name.
    pub name: String,
    /// What makes the schema.
    pub up: String,
    /// What takes it away.
    pub down: String,
}

impl Migration {
    /// Writes the migration's folder into `migrations` and gives its path.
    ///
    /// # Errors
    ///
    /// When a file can't be written.
    pub fn write_to(&self, migrations: impl AsRef<Path>) -> io::Result<PathBuf> {
        let folder = migrations.as_ref().join(&self.name);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("up.sql"), &self.up)?;
        fs::write(folder.join("down.sql"), &self.down)?;
        Ok(folder)
    }
}
