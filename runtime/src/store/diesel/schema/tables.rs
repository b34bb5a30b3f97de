//! The tables of this crate in one list, and the versions of the schema, which follow from it.

use super::table::{Table, steps};
use super::{Accounts, EndedTokens, KnownClients, LimitCounters, SchemaSql, Sessions, Version};
use crate::store::Migration;

/// The tables that an app may have beside that of its users. Those of one migration are made in this order.
const TABLES: [&dyn Table; 5] = [&Sessions, &EndedTokens, &Accounts, &LimitCounters, &KnownClients];

impl SchemaSql {
    /// The versions of the schema, each as a migration for `diesel migration run`; the oldest comes first.
    ///
    /// The app runs the same when it starts, and both record it in Diesel's own table.
    #[must_use]
    pub fn migrations(&self) -> Vec<Migration> {
        self.versions().iter().map(Version::migration).collect()
    }

    /// The versions of the schema. A later release of this crate that changes its tables adds one.
    pub(in super::super) fn versions(&self) -> Vec<Version> {
        let mut versions =
            vec![Version { name: Self::FIRST, steps: self.create_users(), back: vec![self.drop_users()] }];
        for table in self.own_tables() {
            let (name, mut steps) = (table.migration(), steps(table, self));
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
    pub(in super::super) fn own_tables(&self) -> impl Iterator<Item = &'static dyn Table> {
        TABLES.into_iter().filter(|table| self.tables.contains(table.is_part_of()))
    }

    /// The names of all tables that the app uses, the users' own first.
    pub(in super::super) fn tables(&self) -> Vec<&'static str> {
        let mut tables = vec![self.user];
        for step in self.versions().iter().flat_map(|version| &version.steps) {
            let table = step.makes.table();
            if !tables.contains(&table) {
                tables.push(table);
            }
        }
        tables
    }
}
