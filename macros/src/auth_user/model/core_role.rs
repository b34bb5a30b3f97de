//! Whether a field is one of the six core fields.

use super::super::parse::Field as Raw;
use super::core_field::CoreField;
use super::{own_keys, values};
use crate::errors::Errors;
use crate::suggestion::unknown_key;

/// Returns which of the six `field` is: by its name, or else by the first key that names one.
pub(super) fn check(field: &Raw, errors: &mut Errors) -> Option<CoreField> {
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
        } else if by_key.is_some() {
            errors.at(
                key,
                format!(
                    "this field is doubly named: a field is one of the six only; take `{}` away",
                    key.name
                ),
            );
        } else {
            by_key = Some(core);
        }
    }
    let role = by_name.or(by_key);
    if let Some(core) = role {
        refuse_own_keys(core, field, errors);
    }
    role
}

/// Whether `field` names two of the six, which has been reported.
pub(super) fn is_doubly_named(field: &Raw) -> bool {
    let names = [&field.ident].into_iter().chain(field.keys.iter().map(|key| &key.name));
    names.filter(|name| CoreField::of_name(name).is_some()).count() > 1
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
