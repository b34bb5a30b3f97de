//! Finds the six core fields in a struct: by their names, or by `#[auth_user(email)]` on a field of another name.

use proc_macro2::Ident;
use syn::{Type, parse_quote};

use super::core_field::CoreField;
use super::field::Field;
use crate::errors::Errors;

/// The names of the six core fields in the struct, and the type of the id.
pub(in super::super) struct Core {
    /// In the order of [`CoreField::ALL`]; `None` for a field that is missing or has a mistake.
    idents: [Option<Ident>; 6],
    pub(in super::super) id_ty: Type,
}

impl Core {
    /// Finds each of the six among `fields`. Missing and duplicate ones are errors.
    pub(super) fn find(user: &Ident, fields: &mut [Field], errors: &mut Errors) -> Self {
        Self { idents: CoreField::ALL.map(|core| find(core, user, fields, errors)), id_ty: id_ty(fields) }
    }

    /// None of the six, where there are no fields at all.
    pub(super) fn none() -> Self {
        Self { idents: CoreField::ALL.map(|_| None), id_ty: id_ty(&[]) }
    }

    /// The name of the field in the struct; `None` if it is missing or has a mistake.
    pub(in super::super) fn ident(&self, core: CoreField) -> Option<&Ident> {
        CoreField::ALL.iter().position(|field| *field == core).and_then(|index| self.idents[index].as_ref())
    }
}

/// The type of the id as far as it is known, so that code that uses it means the same.
fn id_ty(fields: &[Field]) -> Type {
    let mut ids = fields.iter().filter(|field| field.core() == Some(CoreField::Id) && field.is_right);
    ids.next().map_or_else(|| parse_quote!(i64), |id| id.ty.clone())
}

fn find(core: CoreField, user: &Ident, fields: &mut [Field], errors: &mut Errors) -> Option<Ident> {
    let name = core.name();
    let mut found = fields.iter_mut().filter(|field| field.core() == Some(core));
    let Some(first) = found.next() else {
        errors.at(
            user,
            format!("a user has a field `{name}`: add `{}`, or put `#[auth_user({name})]` on the field that is it", core.declaration()),
        );
        return None;
    };
    for second in found {
        second.is_right = false;
        errors.at(
            &second.ident,
            format!(
                "`{name}` is doubly named: the field `{}` is it already; rename this field or take its `{name}` away",
                first.ident
            ),
        );
    }
    first.is_right.then(|| first.ident.clone())
}
