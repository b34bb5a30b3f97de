//! The schema that an app wants: its names and types.

use crate::compat::Compat;
use crate::store::Tables;
use crate::store::diesel::column::{Column, Role};
use crate::store::diesel::column_type::ColumnType;
use crate::store::diesel::dialect::Dialect;
use crate::store::diesel::row::UserTable;
use crate::user::UserId;

/// The schema that an app wants.
#[derive(Clone, Debug)]
pub struct SchemaSql {
    pub(in super::super) dialect: Dialect,
    pub(in super::super) compat: Compat,
    pub(in super::super) user: &'static str,
    pub(in super::super) user_is_own: bool,
    pub(in super::super) columns: &'static [Column],
    pub(in super::super) roles: Roles,
    /// `true` if the database auto-increments the ids.
    pub(in super::super) counts_ids: bool,
    /// The tables beside those that every app has.
    pub(in super::super) tables: Tables,
    /// The type of the id in a table that is there already: what refers to it must be of the same.
    pub(super) live_id: Option<String>,
}

/// The columns that this crate knows by what they are.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Roles {
    pub(in super::super) id: &'static Column,
    pub(in super::super) email: &'static Column,
    pub(in super::super) hashed_password: &'static Column,
    pub(in super::super) is_active: &'static Column,
    pub(in super::super) is_superuser: &'static Column,
    pub(in super::super) is_verified: &'static Column,
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
    pub(in super::super) fn beside(&self, id: Option<String>) -> Self {
        Self { live_id: id, ..self.clone() }
    }

    /// The migration that makes the tables that every app has.
    pub(super) const FIRST: &'static str = "00000000000001_axum_users";

    pub(in super::super) fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.name)
    }

    /// The type of a column of the user's table, `NOT NULL` included; empty where the app's own table alone knows it.
    pub(in super::super) fn column_type(&self, column: &Column) -> String {
        match column.role {
            Role::Email => self.dialect.varchar(320),
            Role::HashedPassword => self.dialect.varchar(1024),
            Role::IsActive | Role::IsSuperuser | Role::IsVerified => bool::sql(self.dialect).to_owned(),
            Role::Id | Role::Own => (column.sql)(self.dialect).to_owned(),
        }
    }

    pub(in super::super) fn email_index(&self) -> String {
        format!("ix_{}_email_lower", self.user)
    }

    /// MySQL's column of lowered addresses, which the index lies on: MariaDB has no index on an expression.
    pub(in super::super) fn lowered_email(&self) -> String {
        format!("{}_lower", self.roles.email.name)
    }
}
