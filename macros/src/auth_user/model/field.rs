//! A field of the struct, checked.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Attribute, Type, Visibility};

use super::super::parse::Field as Raw;
use super::core_field::CoreField;
use super::find_core_fields;
use super::own_field::Own;
use super::table::Table;
use crate::errors::Errors;

/// A field of the struct.
pub(in super::super) struct Field {
    pub(in super::super) vis: Visibility,
    pub(in super::super) ident: Ident,
    pub(in super::super) ty: Type,
    pub(in super::super) docs: Vec<Attribute>,
    /// The name of its column.
    pub(in super::super) column: Ident,
    pub(in super::super) role: Role,
}

/// Whether a field is a core field or an own one.
pub(in super::super) enum Role {
    /// One of the six that every user has.
    Core(CoreField),
    /// An own field of the app.
    Own(Box<Own>),
}

impl Field {
    pub(super) fn check(raw: &Raw, table: &Table, errors: &mut Errors) -> Option<Self> {
        let role = match find_core_fields::role(raw, errors)? {
            Some(core) => Role::Core(core),
            None => Role::Own(Box::new(Own::check(raw, table, errors))),
        };
        Some(Self {
            vis: raw.vis.clone(),
            ident: raw.ident.clone(),
            ty: raw.ty.clone(),
            docs: raw.docs.clone(),
            column: raw.column_name.clone().unwrap_or_else(|| raw.ident.clone()),
            role,
        })
    }

    /// Returns what an own field declares; `None` for a core field.
    pub(in super::super) fn own(&self) -> Option<&Own> {
        match &self.role {
            Role::Own(own) => Some(own),
            Role::Core(_) => None,
        }
    }

    /// Returns the span that rustc underlines if the field's type lacks a trait: the type, in the user's code.
    pub(in super::super) fn site(&self) -> Span {
        Span::call_site().located_at(self.ty.span())
    }

    /// Returns the field's name without `r#`.
    pub(in super::super) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }
}
