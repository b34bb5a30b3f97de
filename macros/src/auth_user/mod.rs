//! `#[derive(AuthUser)]`.

mod diesel_type;
mod expand;
mod fallback;
mod model;
mod parse;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::errors::Errors;

/// The schemas and impls of the struct, or its mistakes with stubs in their place.
pub(crate) fn derive(input: TokenStream) -> TokenStream {
    // What is no item at all is rustc's to report: there is nothing to put stubs on.
    let input = match syn::parse2::<DeriveInput>(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let raw = parse::Struct::read(&input, &mut errors);
    match model::User::check(&raw, errors) {
        Ok(user) => expand::expand(&user),
        Err(errors) => fallback::expand(&raw, &errors),
    }
}
