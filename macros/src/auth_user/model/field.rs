//! A field of the struct, checked.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Attribute, Type, Visibility};

use super::super::parse::Field as Raw;
use super::core_field::CoreField;
use super::own_field::Own;
use super::table::Table;
use super::{core_role, core_type};
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
    /// `false` if it has a mistake. The schemas have it all the same, and `__private::mistake()` is its value.
    pub(in super::super) is_right: bool,
}

/// Whether a field is a core field or an own one.
pub(in super::super) enum Role {
    /// One of the six that every user has.
    Core(CoreField),
    /// An own field of the app.
    Own(Box<Own>),
}

impl Field {
    pub(super) fn check(raw: &Raw, table: &Table, errors: &mut Errors) -> Self {
        let (role, is_right) = if let Some(core) = core_role::check(raw, errors) {
            let mistake = core_type::mistake(core, &raw.ty);
            let is_right = mistake.is_none();
            // The type of a field that names two of the six may be right for the other.
            if let Some(mistake) = mistake.filter(|_| !core_role::is_doubly_named(raw)) {
                errors.at(&raw.ty, mistake);
            }
            (Role::Core(core), is_right)
        } else {
            let (own, is_right) = errors.part(|errors| Own::check(raw, table, errors));
            (Role::Own(Box::new(own)), is_right && raw.is_read)
        };
        Self {
            vis: raw.vis.clone(),
            ident: raw.ident.clone(),
            ty: raw.ty.clone(),
            docs: raw.docs.clone(),
            column: raw.column_name.clone().unwrap_or_else(|| raw.ident.clone()),
            role,
            is_right,
        }
    }

    /// Returns which of the six it is; `None` for an own field.
    pub(in super::super) fn core(&self) -> Option<CoreField> {
        match self.role {
            Role::Core(core) => Some(core),
            Role::Own(_) => None,
        }
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
