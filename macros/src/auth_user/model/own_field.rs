//! A field of the app's own: who sees it, who sets it, and how it is read and stored.

use syn::{Attribute, LitStr, Type};

use super::super::parse::Field as Raw;
use super::default::Default;
use super::garde_rules::Rule;
use super::own_keys::OwnKeys;
use super::serde_keys::SerdeKeys;
use super::set_by::SetBy;
use super::table::Table;
use crate::errors::Errors;

/// A field of the app's own.
pub(in super::super) struct Own {
    pub(in super::super) read: bool,
    pub(in super::super) create: Option<SetBy>,
    pub(in super::super) update: Option<SetBy>,
    pub(in super::super) default: Option<Default>,
    /// Diesel's type, where the Rust type does not tell.
    pub(in super::super) sql_type: Option<Type>,
    /// The type in SQL, where the Rust type does not tell.
    pub(in super::super) sql: Option<LitStr>,
    pub(in super::super) serde: SerdeKeys,
    /// `#[serde(…)]` as it stands there.
    pub(in super::super) serde_attributes: Vec<Attribute>,
    pub(in super::super) garde: Vec<Attribute>,
    /// What of them a document can say.
    pub(in super::super) rules: Vec<Rule>,
    /// The type that it has on the wire, for documents, where its own does not tell.
    pub(in super::super) value_type: Option<Type>,
}

impl Own {
    pub(super) fn check(field: &Raw, table: &Table, errors: &mut Errors) -> Self {
        let keys = OwnKeys::check(field, table, errors);
        let is_set = keys.create.is_some() || keys.update.is_some();
        let mut serde = SerdeKeys::check(&field.serde_keys, is_set, errors);
        if !is_set {
            for attribute in &field.garde {
                errors.at(attribute, "nothing that is sent sets this field, so there is nothing to check: take this away, or add `create` or `update`");
            }
        }
        let default = keys
            .default
            .map(|default| default.map_or(Default::OfType, Default::Expr))
            .or(serde.default.take());
        Self {
            read: keys.read,
            create: keys.create,
            update: keys.update,
            default,
            sql_type: keys.sql_type,
            sql: keys.column,
            serde,
            serde_attributes: field.serde.clone(),
            garde: field.garde.clone(),
            rules: Rule::read(&field.garde),
            value_type: keys.value_type,
        }
    }

    /// Whether an answer shows it under a name of its own.
    pub(in super::super) fn is_shown(&self) -> bool {
        self.read && !self.serde.is_hidden
    }

    /// Whether anything that is sent sets it.
    pub(in super::super) fn is_set(&self) -> bool {
        self.create.is_some() || self.update.is_some()
    }
}
