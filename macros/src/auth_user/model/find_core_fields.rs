//! Finds the six core fields in a struct: by their names, or by `#[auth_user(email)]` on a field of another name.

use proc_macro2::Ident;
use syn::Type;

use super::super::parse::Field as Raw;
use super::core_field::CoreField;
use super::{core_type, own_keys, values};
use crate::errors::Errors;
use crate::suggestion::unknown_key;

/// The names of the six core fields in the struct, and the type of the id.
pub(in super::super) struct Core {
    pub(in super::super) id: Ident,
    pub(in super::super) id_ty: Type,
    pub(in super::super) email: Ident,
    pub(in super::super) hashed_password: Ident,
    pub(in super::super) is_active: Ident,
    pub(in super::super) is_superuser: Ident,
    pub(in super::super) is_verified: Ident,
}

impl Core {
    /// Finds each of the six among `fields`. Missing and duplicate ones are errors.
    pub(super) fn find(user: &Ident, fields: &[Raw], errors: &mut Errors) -> Option<Self> {
        let [id, email, hashed_password, is_active, is_superuser, is_verified] =
            CoreField::ALL.map(|core| find(core, user, fields, errors));
        Some(Self {
            id_ty: id?.ty.clone(),
            id: id?.ident.clone(),
            email: email?.ident.clone(),
            hashed_password: hashed_password?.ident.clone(),
            is_active: is_active?.ident.clone(),
            is_superuser: is_superuser?.ident.clone(),
            is_verified: is_verified?.ident.clone(),
        })
    }
}

fn find<'a>(core: CoreField, user: &Ident, fields: &'a [Raw], errors: &mut Errors) -> Option<&'a Raw> {
    let name = core.name();
    let mut found = fields.iter().filter(|field| claim(field) == Some(core));
    let Some(first) = found.next() else {
        errors.at(
            user,
            format!("a user has a field `{name}`: add `{}`, or put `#[auth_user({name})]` on the field that is it", core.declaration()),
        );
        return None;
    };
    for second in found {
        errors.at(
            &second.ident,
            format!(
                "`{name}` is doubly named: the field `{}` is it already; rename this field or take its `{name}` away",
                first.ident
            ),
        );
    }
    Some(first)
}

/// Returns the core field that `field` claims to be: by its name, or else by the first key that names one.
pub(in super::super) fn claim(field: &Raw) -> Option<CoreField> {
    CoreField::of_name(&field.ident)
        .or_else(|| field.keys.iter().find_map(|key| CoreField::of_name(&key.name)))
}

/// Returns which of the six `field` is, `Some(None)` for an own field of the app, and `None` for a field that names
/// two of the six.
pub(super) fn role(field: &Raw, errors: &mut Errors) -> Option<Option<CoreField>> {
    let by_name = CoreField::of_name(&field.ident);
    let mut by_key = None;
    for key in &field.keys {
        let Some(core) = CoreField::of_name(&key.name) else { continue };
        values::nothing(key, errors);
        if let Some(name) = by_name {
            let name = name.name();
            errors.at(
                key,
                format!("this field is doubly named: it is `{name}` by its name already; take `{}` away or rename the field", key.name),
            );
            return None;
        }
        if by_key.replace(core).is_some() {
            errors.at(
                key,
                format!(
                    "this field is doubly named: a field is one of the six only; take `{}` away",
                    key.name
                ),
            );
            return None;
        }
    }
    let role = by_name.or(by_key);
    if let Some(core) = role {
        refuse_own_keys(core, field, errors);
        if let Some(mistake) = core_type::mistake(core, &field.ty) {
            errors.at(&field.ty, mistake);
        }
    }
    Some(role)
}

/// Reports keys and attributes that only own fields can have: the rules of the six are the same for every app.
fn refuse_own_keys(core: CoreField, field: &Raw, errors: &mut Errors) {
    let name = core.name();
    for key in field.keys.iter().filter(|key| CoreField::of_name(&key.name).is_none()) {
        if own_keys::ALL.iter().any(|known| key.is(known)) {
            errors.at(
                key,
                format!("who sees and sets `{name}` is the same for every user: take `{}` away, or put it on a field of your own", key.name),
            );
        } else {
            errors.at(key, unknown_key(&key.name.to_string(), &CoreField::ALL.map(CoreField::name)));
        }
    }
    for attribute in field.serde.iter().chain(&field.garde) {
        errors.at(
            attribute,
            format!("`{name}` has one form on the wire for every user: take this away, or put it on a field of your own"),
        );
    }
}
