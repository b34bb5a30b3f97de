//! A user that is right: every name, role and rule is known, and every mistake has been found.

mod core_field;
mod core_type;
mod databases;
mod default;
mod field;
mod find_core_fields;
mod garde_rules;
mod generics;
mod own_field;
mod own_keys;
mod serde_keys;
mod set_by;
mod table;
mod values;
mod wire;

use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt as _;
use syn::{TypePath, Visibility};

pub(super) use self::core_field::CoreField;
pub(super) use self::core_type::mistake as type_mistake;
pub(super) use self::default::Default;
pub(super) use self::field::{Field, Role};
pub(super) use self::find_core_fields::{Core, claim};
pub(super) use self::garde_rules::{Rule, split as garde_rules};
pub(super) use self::generics::Params;
pub(super) use self::own_field::Own;
pub(super) use self::set_by::SetBy;
pub(super) use self::table::{Table, crate_path, table_unchecked};

use self::table::StructKeys;
use super::diesel_type;
use super::parse::{Body, Field as Raw, Struct};
use crate::crate_path::CratePath;
use crate::errors::Errors;
use crate::keys::Key;

/// The struct that `#[derive(AuthUser)]` stands on.
pub(super) struct User {
    pub(super) crate_path: CratePath,
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    pub(super) params: Params,
    pub(super) table: Table,
    /// Whether answers show a user's accounts at other services.
    pub(super) shows_oauth_accounts: bool,
    /// Diesel's names of the databases that it lies in; `None`: every one that is enabled.
    pub(super) databases: Option<Vec<TypePath>>,
    pub(super) core: Core,
    /// All fields, in the struct's order.
    pub(super) fields: Vec<Field>,
}

impl User {
    /// # Errors
    ///
    /// Every mistake in the struct and those found before.
    pub(super) fn check(raw: &Struct, mut errors: Errors) -> Result<Self, syn::Error> {
        let keys = StructKeys::check(&raw.keys, &mut errors);
        let databases = databases::check(raw.databases.as_ref(), &mut errors);
        refuse_attributes(raw, &mut errors);
        let params = Params::check(&raw.generics, &mut errors);
        let fields: Vec<Field> = match &raw.body {
            Body::Fields(fields) => {
                fields.iter().filter_map(|field| Field::check(field, &keys.table, &mut errors)).collect()
            }
            Body::Other(tokens) => {
                errors.at(
                    tokens,
                    format!("a user is a struct with named fields: write `struct {} {{ … }}`", raw.ident),
                );
                return errors.finish(None);
            }
        };
        let core = Core::find(&raw.ident, raw.fields(), &mut errors);
        check_columns(&fields, &mut errors);
        check_schema(&fields, &keys, &mut errors);
        wire::check(&fields, &mut errors);
        errors.finish(core.map(|core| Self {
            crate_path: keys.crate_path,
            vis: raw.vis.clone(),
            ident: raw.ident.clone(),
            params,
            table: keys.table,
            shows_oauth_accounts: keys.shows_oauth_accounts,
            databases,
            core,
            fields,
        }))
    }

    /// The name of one of the schemas: the struct's with `suffix`.
    pub(super) fn schema(&self, suffix: &str) -> Ident {
        schema(&self.ident, suffix)
    }

    /// The app's own fields, in the struct's order.
    pub(super) fn own_fields(&self) -> impl Iterator<Item = (&Field, &Own)> {
        self.fields.iter().filter_map(|field| field.own().map(|own| (field, own)))
    }

    /// The own fields that a registration may set.
    pub(super) fn create_fields(&self) -> impl Iterator<Item = (&Field, &Own, SetBy)> {
        self.own_fields().filter_map(|(field, own)| own.create.map(|by| (field, own, by)))
    }

    /// The own fields that a change may set.
    pub(super) fn update_fields(&self) -> impl Iterator<Item = (&Field, &Own, SetBy)> {
        self.own_fields().filter_map(|(field, own)| own.update.map(|by| (field, own, by)))
    }

    /// Whether `garde` checks what is sent.
    pub(super) fn uses_garde(&self) -> bool {
        self.own_fields().any(|(_, own)| own.is_set() && !own.garde.is_empty())
    }
}

/// `User` and `Read` make `UserRead`.
pub(super) fn schema(user: &Ident, suffix: &str) -> Ident {
    format_ident!("{}{suffix}", user.unraw(), span = user.span())
}

/// An own field as far as it can be read, for stubs beside mistakes. `None` for one of the six.
pub(super) fn own_unchecked(raw: &Raw, keys: &[Key]) -> Option<Own> {
    let mut errors = Errors::default();
    if find_core_fields::role(raw, &mut errors)?.is_some() {
        return None;
    }
    Some(Own::check(raw, &StructKeys::check(keys, &mut errors).table, &mut errors))
}

/// Attributes of other derives that would have to hold for three schemas at once.
fn refuse_attributes(raw: &Struct, errors: &mut Errors) {
    for attribute in &raw.serde {
        errors.at(
            attribute,
            "the schemas do not take serde's attributes from the struct: put `#[serde(rename = \"…\")]` and the like on the field",
        );
    }
    for attribute in &raw.garde {
        errors.at(
            attribute,
            "the schemas do not take garde's attributes from the struct: put `#[garde(…)]` on the field",
        );
    }
}

/// The module for the query builder needs types whose names tell their columns'.
fn check_schema(fields: &[Field], keys: &StructKeys, errors: &mut Errors) {
    let Some(schema) = keys.table.schema() else { return };
    for field in fields {
        let is_said = field.own().is_some_and(|own| own.sql_type.is_some());
        if is_said || diesel_type::of(&keys.crate_path, &field.ty).is_some() {
            continue;
        }
        let way = match field.role {
            Role::Own(_) => {
                "add its type in Diesel and in SQL, as in `sql_type = diesel::sql_types::Text, column = \"TEXT NOT NULL\"`"
            }
            Role::Core(_) => "write the type by its own name, as in `Uuid` or `String`",
        };
        errors.at(&field.ty, format!("the module `{schema}` can't tell this column's type: {way}"));
    }
}

fn check_columns(fields: &[Field], errors: &mut Errors) {
    for (index, field) in fields.iter().enumerate() {
        let column = field.column.unraw();
        if let Some(first) = fields[..index].iter().find(|first| first.column.unraw() == column) {
            errors.at(
                &field.column,
                format!("`{column}` is the column of `{}` already: give this field another, as in `#[diesel(column_name = …)]`", first.ident),
            );
        }
    }
}
