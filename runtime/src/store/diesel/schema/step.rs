//! The steps from one version of the schema to the next.

use super::account_key::ACCOUNT_KEY;
use crate::store::Migration;

/// A version of the schema.
#[derive(Clone, Debug)]
pub(in super::super) struct Version {
    /// Its name, as a migration's folder has it.
    pub(in super::super) name: &'static str,
    /// What leads to it from the version before.
    pub(in super::super) steps: Vec<Step>,
    /// What leads back.
    pub(super) back: Vec<String>,
}

impl Version {
    pub(in super::super) fn migration(&self) -> Migration {
        let up = self.steps.iter().map(|step| step.sql.clone()).collect::<Vec<_>>();
        Migration::new(self.name, &up, &self.back)
    }
}

/// A statement that makes a part of the schema. It is run where that part is missing, and only there.
#[derive(Clone, Debug)]
pub(in super::super) struct Step {
    pub(in super::super) makes: SchemaObject,
    pub(in super::super) sql: String,
}

/// A part of a schema that is there or is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum SchemaObject {
    Table(&'static str),
    Index {
        table: &'static str,
        name: String,
        columns: Vec<&'static str>,
    },
    /// What keeps addresses unique in any case: an index, on a column of its own where `column` is one.
    UniqueEmail {
        table: &'static str,
        index: String,
        column: Option<String>,
    },
    /// The index that keeps accounts at other services unique.
    UniqueAccount {
        table: &'static str,
        index: String,
    },
}

impl SchemaObject {
    /// The table that it is, or is a part of.
    pub(in super::super) fn table(&self) -> &'static str {
        match self {
            Self::Table(table)
            | Self::Index { table, .. }
            | Self::UniqueEmail { table, .. }
            | Self::UniqueAccount { table, .. } => table,
        }
    }

    /// The columns that must be there before it can be made, where they may be missing.
    pub(in super::super) fn columns(&self) -> &[&'static str] {
        match self {
            Self::Index { columns, .. } => columns,
            Self::UniqueAccount { .. } => ACCOUNT_KEY,
            Self::Table(_) | Self::UniqueEmail { .. } => &[],
        }
    }
}
