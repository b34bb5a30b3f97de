//! A user, each field with its role and its rules. Every mistake has been found, and what has one says so.

mod column_type;
mod core_field;
mod core_role;
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
pub(super) use self::default::Default;
pub(super) use self::field::{Field, Role};
pub(super) use self::find_core_fields::Core;
pub(super) use self::garde_rules::{Rule, split as garde_rules};
pub(super) use self::generics::Params;
pub(super) use self::own_field::Own;
pub(super) use self::set_by::SetBy;
pub(super) use self::table::Table;

use self::table::StructKeys;
use super::diesel_type;
use super::parse::{Body, Struct};
use crate::crate_path::CratePath;
use crate::errors::Errors;

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
    /// `false` if what the attributes on the struct say of the table has a mistake.
    pub(super) is_table_right: bool,
    pub(super) core: Core,
    /// All fields, in the struct's order.
    pub(super) fields: Vec<Field>,
    /// `false` for what is not a struct with named fields.
    pub(super) has_fields: bool,
}

impl User {
    /// Finds every mistake in `raw`.
    pub(super) fn check(raw: &Struct, errors: &mut Errors) -> Self {
        let ((keys, databases), is_table_right) = errors.part(|errors| {
            let keys = StructKeys::check(&raw.keys, errors);
            (keys, databases::check(raw.databases.as_ref(), errors))
        });
        refuse_attributes(raw, errors);
        let params = Params::check(&raw.generics, errors);
        let mut fields = Vec::new();
        let core = match &raw.body {
            Body::Fields(raw_fields) => {
                fields.extend(raw_fields.iter().map(|field| Field::check(field, &keys.table, errors)));
                Core::find(&raw.ident, &mut fields, errors)
            }
            Body::Other(tokens) => {
                let message =
                    format!("a user is a struct with named fields: write `struct {} {{ … }}`", raw.ident);
                errors.at(tokens, message);
                Core::none()
            }
        };
        for field in fields.iter_mut().filter(|field| params.lack_bounds_in(&field.ty)) {
            field.is_right = false;
        }
        check_columns(&mut fields, errors);
        check_schema(&fields, &keys, errors);
        wire::check(&mut fields, errors);
        Self {
            crate_path: keys.crate_path,
            vis: raw.vis.clone(),
            ident: raw.ident.clone(),
            params,
            table: keys.table,
            shows_oauth_accounts: keys.shows_oauth_accounts,
            databases,
            is_table_right: is_table_right && raw.is_read,
            core,
            fields,
            has_fields: matches!(raw.body, Body::Fields(_)),
        }
    }

    /// The name of one of the schemas: `User` and `Read` make `UserRead`.
    pub(super) fn schema(&self, suffix: &str) -> Ident {
        format_ident!("{}{suffix}", self.ident.unraw(), span = self.ident.span())
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
        self.own_fields().any(|(field, own)| field.is_right && own.is_set() && !own.garde.is_empty())
    }
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
        if !field.is_right || is_said || diesel_type::of(&keys.crate_path, &field.ty).is_some() {
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

fn check_columns(fields: &mut [Field], errors: &mut Errors) {
    for index in 0..fields.len() {
        let (before, rest) = fields.split_at_mut(index);
        let [field, ..] = rest else { return };
        let column = field.column.unraw();
        if let Some(first) = before.iter().find(|first| first.column.unraw() == column) {
            field.is_right = false;
            errors.at(
                &field.column,
                format!("`{column}` is the column of `{}` already: give this field another, as in `#[diesel(column_name = …)]`", first.ident),
            );
        }
    }
}
