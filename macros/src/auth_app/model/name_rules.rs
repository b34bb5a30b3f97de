//! The names of backends and clients: identifiers that are also path segments.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt as _;

use crate::errors::Errors;

/// Whether no field can be called `name`.
pub(super) fn is_word_of_rust(name: &Ident) -> bool {
    syn::parse2::<Ident>(name.to_token_stream()).is_err()
}

/// Returns whether `name` is an identifier and a path segment.
fn is_backend_name(name: &Ident) -> bool {
    is_snake(&name.to_string())
}

fn is_snake(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Returns the name of a backend or a client: of one that is written in another case, what was meant.
pub(super) fn check_name(what: &str, example: &str, name: &Ident, errors: &mut Errors) -> Option<Ident> {
    if is_backend_name(name) {
        return Some(name.clone());
    }
    let better = snake(&name.unraw().to_string());
    let hint = if is_snake(&better) { format!(": write `{better}`") } else { format!(", as in `{example}`") };
    errors.at(name, format!("a {what}'s name is of lower-case letters, digits and `_`{hint}"));
    is_snake(&better).then(|| Ident::new(&better, name.span()))
}

/// `sessionCookie` as `session_cookie`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut previous = '_';
    for c in name.chars() {
        if c.is_uppercase() && previous.is_lowercase() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
        previous = c;
    }
    snake
}
