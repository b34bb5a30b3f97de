//! The SQL that makes the tables, and the same as a migration for the Diesel CLI.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::column::{Column, Dialect, Role};
use super::row::UserTable;
use crate::layout::Layout;

/// The names in an app's schema, and the SQL that makes it.
#[derive(Clone, Debug)]
pub struct SchemaSql {
    pub(super) dialect: Dialect,
    pub(super) layout: Layout,
    pub(super) user: &'static str,
    user_is_own: bool,
    columns: &'static [Column],
    pub(super) roles: Roles,
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

    /// The statements that make what is missing. They can be run again and again.
    #[must_use]
    pub fn create(&self) -> Vec<String> {
        let user = self.dialect.quote(self.user);
        let email = self.dialect.quote(self.roles.email.name);
        let mut statements = Vec::new();
        if !self.user_is_own {
            statements.push(format!("CREATE TABLE IF NOT EXISTS {user} (\n{}\n)", self.user_columns()));
        }
        // The promise that a check in code can't keep: one user an address, in any case.
        statements.push(format!(
            "CREATE UNIQUE INDEX IF NOT EXISTS {} ON {user} (lower({email}))",
            self.dialect.quote(&self.email_index()),
        ));
        statements.extend(self.access_token_table());
        statements.extend(self.ended_token_table());
        statements
    }

    /// The statements that undo [`create`](Self::create).
    #[must_use]
    pub fn drop(&self) -> Vec<String> {
        let user = (!self.user_is_own).then_some(self.user);
        let mut statements =
            vec![format!("DROP INDEX IF EXISTS {}", self.dialect.quote(&self.email_index()))];
        statements.extend(
            ["ended_token", self.access_token()]
                .into_iter()
                .chain(user)
                .map(|table| format!("DROP TABLE IF EXISTS {}", self.dialect.quote(table))),
        );
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

    fn user_columns(&self) -> String {
        self.columns
            .iter()
            .map(|column| {
                let name = self.dialect.quote(column.name);
                let sql = (column.sql)(self.dialect);
                match column.role {
                    // A number is never given out twice: a token of a deleted user must not become another's.
                    Role::Id if sql.starts_with("INTEGER") => {
                        format!("    {name} {sql} PRIMARY KEY AUTOINCREMENT")
                    }
                    Role::Id => format!("    {name} {sql} PRIMARY KEY"),
                    Role::Email => format!("    {name} VARCHAR(320) NOT NULL"),
                    Role::HashedPassword
                    | Role::IsActive
                    | Role::IsSuperuser
                    | Role::IsVerified
                    | Role::Own => {
                        format!("    {name} {sql}")
                    }
                }
            })
            .collect::<Vec<_>>()
            .join(",\n")
    }

    fn access_token_table(&self) -> Vec<String> {
        let table = self.access_token();
        let quoted = self.dialect.quote(table);
        let user = self.dialect.quote(self.user);
        let (id, moment) = (self.roles.id, self.token_moment());
        let id_name = self.dialect.quote(id.name);
        let id_sql = (id.sql)(self.dialect);
        let fingerprint = match self.layout {
            Layout::Own => "    fingerprint VARCHAR(43) NOT NULL,\n",
            Layout::FastApiUsers => "",
        };
        vec![
            format!(
                "CREATE TABLE IF NOT EXISTS {quoted} (\n    token VARCHAR(43) NOT NULL PRIMARY KEY,\n    user_id {id_sql},\n    \
                 {moment} {},\n{fingerprint}    \
                 FOREIGN KEY (user_id) REFERENCES {user} ({id_name}) ON DELETE CASCADE\n)",
                self.dialect.moment(),
            ),
            format!("CREATE INDEX IF NOT EXISTS ix_{table}_user_id ON {quoted} (user_id)"),
            format!("CREATE INDEX IF NOT EXISTS ix_{table}_{moment} ON {quoted} ({moment})"),
        ]
    }

    fn ended_token_table(&self) -> Vec<String> {
        let moment = self.dialect.moment();
        vec![
            format!(
                "CREATE TABLE IF NOT EXISTS ended_token (\n    token VARCHAR(64) NOT NULL PRIMARY KEY,\n    \
                 ended_at {moment},\n    expires_at {moment}\n)",
            ),
            "CREATE INDEX IF NOT EXISTS ix_ended_token_expires_at ON ended_token (expires_at)".to_owned(),
        ]
    }
}

impl Dialect {
    /// The type of a moment.
    fn moment(self) -> &'static str {
        match self {
            Self::Sqlite => "TIMESTAMP NOT NULL",
        }
    }

    /// An identifier, quoted.
    #[must_use]
    pub fn quote(self, identifier: &str) -> String {
        match self {
            Self::Sqlite => format!("\"{}\"", identifier.replace('"', "\"\"")),
        }
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
