//! The schema that an app wants: its names, its versions, and the same as migrations for the Diesel CLI.

mod account_key;
mod ended_tokens;
mod known_clients;
mod limit_counters;
mod oauth_accounts;
mod sessions;
mod step;
mod table;
mod users;

pub(super) use self::account_key::ACCOUNT_KEY;
use self::ended_tokens::EndedTokens;
pub(super) use self::known_clients::KnownClients;
pub(super) use self::limit_counters::LimitCounters;
pub(super) use self::oauth_accounts::Accounts;
use self::sessions::Sessions;
pub(super) use self::step::{SchemaObject, Step, Version};
pub(super) use self::table::{Before, ColumnCheck, Purge, TABLES, Table};

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
    /// The tables beside those that every app has.
    pub(super) tables: Tables,
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
            tables: Tables::USERS,
            live_id: None,
        }
    }

    /// Returns the schema with these tables, too.
    ///
    /// ```
    /// use axum_users::compat::Compat;
    /// use axum_users::store::Tables;
    /// use axum_users::store::diesel::{Dialect, SchemaSql};
    /// # use axum_users::prelude::*;
    /// # #[derive(Clone, Debug, AuthUser)]
    /// # pub struct User {
    /// #     pub id: Uuid,
    /// #     pub email: String,
    /// #     pub hashed_password: HashedPassword,
    /// #     pub is_active: bool,
    /// #     pub is_superuser: bool,
    /// #     pub is_verified: bool,
    /// # }
    ///
    /// let schema = SchemaSql::of::<User>(Dialect::Postgres, Compat::None).with(Tables::OAUTH_ACCOUNTS);
    /// assert_eq!(schema.migrations().len(), 2);
    /// ```
    #[must_use]
    pub fn with(self, tables: Tables) -> Self {
        Self { tables: self.tables.with(tables), ..self }
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

    /// The migration that makes the tables that every app has.
    pub(super) const FIRST: &'static str = "00000000000001_axum_users";

    /// The versions of the schema. A later release of this crate that changes its tables adds one.
    pub(super) fn versions(&self) -> Vec<Version> {
        let mut versions =
            vec![Version { name: Self::FIRST, steps: self.create_users(), back: vec![self.drop_users()] }];
        for table in self.own_tables() {
            let (name, mut steps) = (table.migration(), table::steps(table, self));
            let drop = format!("DROP TABLE IF EXISTS {}", self.dialect.quote(table.name(self)));
            match versions.iter_mut().find(|version| version.name == name) {
                Some(version) => {
                    version.steps.append(&mut steps);
                    version.back.insert(0, drop);
                }
                None => versions.push(Version { name, steps, back: vec![drop] }),
            }
        }
        versions
    }

    /// The tables that the app uses, but that of the users.
    pub(super) fn own_tables(&self) -> impl Iterator<Item = &'static dyn Table> {
        TABLES.into_iter().filter(|table| self.tables.contains(table.is_part_of()))
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
