//! The schema that an app wants: its names, its versions, and the same as migrations for the Diesel CLI.

mod account_key;
mod accounts;
mod counters;
mod known;
mod sessions;
mod step;
mod tables;

pub(super) use self::account_key::ACCOUNT_KEY;
pub(super) use self::step::{SchemaObject, Step, Version};

use super::column::{Column, Role};
use super::column_type::ColumnType;
use super::dialect::Dialect;
use super::row::UserTable;
use crate::compat::Compat;
use crate::store::{Migration, Tables};
use crate::user::UserId;

/// The schema that an app wants.
#[derive(Clone, Debug)]
pub struct SchemaSql {
    pub(super) dialect: Dialect,
    pub(super) compat: Compat,
    pub(super) user: &'static str,
    pub(super) user_is_own: bool,
    pub(super) columns: &'static [Column],
    pub(super) roles: Roles,
    /// `true` if the database auto-increments the ids.
    pub(super) counts_ids: bool,
    /// `true` if there is a table of provider accounts.
    pub(super) has_accounts: bool,
    /// `true` if there is a table of rate limit counters.
    pub(super) has_counters: bool,
    /// `true` if there is a table of known clients.
    pub(super) has_known_clients: bool,
    /// The type of the id in a table that is there already: what refers to it must be of the same.
    live_id: Option<String>,
}

/// The columns that this crate knows by what they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Roles {
    pub(super) id: &'static Column,
    pub(super) email: &'static Column,
    pub(super) hashed_password: &'static Column,
    pub(super) is_active: &'static Column,
    pub(super) is_superuser: &'static Column,
    pub(super) is_verified: &'static Column,
}

impl Roles {
    const fn of(columns: &'static [Column]) -> Self {
        Self {
            id: the(columns, Role::Id),
            email: the(columns, Role::Email),
            hashed_password: the(columns, Role::HashedPassword),
            is_active: the(columns, Role::IsActive),
            is_superuser: the(columns, Role::IsSuperuser),
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
    pub fn of<U: UserTable>(dialect: Dialect, compat: Compat) -> Self {
        Self {
            dialect,
            compat,
            user: U::TABLE,
            user_is_own: U::TABLE_IS_OWN,
            columns: U::COLUMNS,
            roles: const { Roles::of(U::COLUMNS) },
            counts_ids: U::Id::generate().is_none(),
            has_accounts: false,
            has_counters: false,
            has_known_clients: false,
            live_id: None,
        }
    }

    /// The same, and a table for the accounts that users have at other services.
    #[must_use]
    pub fn with_oauth_accounts(self) -> Self {
        Self { has_accounts: true, ..self }
    }

    /// The same, and a table for what is counted for limits.
    #[must_use]
    pub fn with_limit_counters(self) -> Self {
        Self { has_counters: true, ..self }
    }

    /// The same, and a table for clients that are known at an account.
    #[must_use]
    pub fn with_known_clients(self) -> Self {
        Self { has_known_clients: true, ..self }
    }

    /// The same, with these tables besides.
    pub(super) fn with(self, tables: Tables) -> Self {
        Self {
            has_accounts: tables.oauth_accounts,
            has_counters: tables.limit_counters,
            has_known_clients: tables.known_clients,
            ..self
        }
    }

    /// The same, where the user's table is there already and its id has the type `id`.
    pub(super) fn beside(&self, id: Option<String>) -> Self {
        Self { live_id: id, ..self.clone() }
    }

    /// The versions of the schema, each as a migration for `diesel migration run`; the oldest comes first.
    ///
    /// The app runs the same when it starts, and both record it in Diesel's own table.
    #[must_use]
    pub fn migrations(&self) -> Vec<Migration> {
        self.versions().iter().map(Version::migration).collect()
    }

    /// The versions of the schema. A later release of this crate that changes its tables adds one.
    pub(super) fn versions(&self) -> Vec<Version> {
        let mut versions =
            vec![Version { name: "00000000000001_axum_users", steps: self.create(), back: self.drop() }];
        if self.has_accounts {
            versions.push(Version {
                name: "00000000000002_axum_users_oauth",
                steps: self.create_accounts(),
                back: self.drop_accounts(),
            });
        }
        if self.has_counters {
            versions.push(Version {
                name: "00000000000003_axum_users_limits",
                steps: self.create_counters(),
                back: self.drop_counters(),
            });
        }
        if self.has_known_clients {
            versions.push(Version {
                name: "00000000000013_axum_users_known_clients",
                steps: self.create_known_clients(),
                back: self.drop_known_clients(),
            });
        }
        versions
    }

    /// The names of all tables that the app uses, the users' own first.
    pub(super) fn tables(&self) -> Vec<&'static str> {
        let mut tables = vec![self.user];
        for step in self.versions().iter().flat_map(|version| &version.steps) {
            let table = step.makes.table();
            if !tables.contains(&table) {
                tables.push(table);
            }
        }
        tables
    }

    pub(super) fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.name)
    }

    /// The type of a column of the user's table, `NOT NULL` included; empty where the app's own table alone knows it.
    pub(super) fn column_type(&self, column: &Column) -> String {
        match column.role {
            Role::Email => self.dialect.varchar(320),
            Role::HashedPassword => self.dialect.varchar(1024),
            Role::IsActive | Role::IsSuperuser | Role::IsVerified => bool::sql(self.dialect).to_owned(),
            Role::Id | Role::Own => (column.sql)(self.dialect).to_owned(),
        }
    }

    pub(super) fn email_index(&self) -> String {
        format!("ix_{}_email_lower", self.user)
    }

    /// MySQL's column of lowered addresses, which the index lies on: MariaDB has no index on an expression.
    pub(super) fn lowered_email(&self) -> String {
        format!("{}_lower", self.roles.email.name)
    }
}
