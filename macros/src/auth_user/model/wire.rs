//! Names on the wire: each means one field.

use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt as _;

use super::field::{Field, Role};
use super::own_field::Own;
use crate::errors::Errors;

/// What the schemas of every user have.
const TAKEN: [&str; 7] =
    ["id", "email", "password", "current_password", "is_active", "is_superuser", "is_verified"];

/// Reports own fields whose name on the wire means another field.
pub(super) fn check(fields: &mut [Field], errors: &mut Errors) {
    let mut written = HashMap::new();
    let mut read = HashMap::new();
    for field in fields {
        // In the schemas' structs, where a rename does not help.
        if let Role::Own(own) = &mut field.role
            && own.is_set()
            && TAKEN.contains(&field.ident.unraw().to_string().as_str())
        {
            (own.create, own.update) = (None, None);
            field.is_right = false;
            let message = format!(
                "the schemas have a `{}` of every user's: choose another name for this field",
                field.name()
            );
            errors.at(&field.ident, message);
            continue;
        }
        let ((), is_right) = errors.part(|errors| check_one(field, &mut written, &mut read, errors));
        field.is_right &= is_right;
    }
}

fn check_one(
    field: &Field,
    written: &mut HashMap<String, Ident>,
    read: &mut HashMap<String, Ident>,
    errors: &mut Errors,
) {
    let Role::Own(own) = &field.role else { return };
    let mut clashes = Vec::new();
    if own.read || own.update.is_some() {
        let name = own.serde.name_written(&field.ident);
        clashes.extend(claim(written, name, field, own.serde.written_as.as_ref()));
    }
    if own.is_set() {
        for (name, tokens) in names_read(field, own) {
            clashes.extend(claim(read, name, field, Some(tokens)));
        }
    }
    // A name that is wrong in both directions is one mistake.
    clashes.dedup_by(|a, b| a.1 == b.1);
    for (tokens, message) in clashes {
        errors.at(tokens, message);
    }
}

/// The names that set a field, and what to underline of each.
fn names_read(field: &Field, own: &Own) -> Vec<(String, TokenStream)> {
    let name =
        own.serde.read_as.as_ref().map_or_else(|| field.ident.to_token_stream(), ToTokens::to_token_stream);
    let aliases = own.serde.aliases.iter().map(|alias| (alias.value(), alias.to_token_stream()));
    [(own.serde.name_read(&field.ident), name)].into_iter().chain(aliases).collect()
}

/// Takes `name` for `field`, or tells whose it is.
fn claim(
    taken: &mut HashMap<String, Ident>,
    name: String,
    field: &Field,
    tokens: Option<impl ToTokens>,
) -> Option<(TokenStream, String)> {
    let tokens = tokens.map_or_else(|| field.ident.to_token_stream(), |tokens| tokens.to_token_stream());
    if TAKEN.contains(&name.as_str()) {
        let message = format!(
            "`{name}` is a name of every user's on the wire: choose another, as in `#[serde(rename = \"my_{name}\")]`"
        );
        return Some((tokens, message));
    }
    if let Some(first) = taken.get(&name) {
        return Some((
            tokens,
            format!("`{name}` is `{first}` on the wire already: choose another name for `{}`", field.ident),
        ));
    }
    taken.insert(name, field.ident.clone());
    None
}
