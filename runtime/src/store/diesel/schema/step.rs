//! The steps from one version of the schema to the next.

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
    },
    /// What keeps addresses unique in any case: an index, on a column of its own where `column` is one.
    UniqueEmail {
        table: &'static str,
        index: String,
        column: Option<String>,
    },
}
