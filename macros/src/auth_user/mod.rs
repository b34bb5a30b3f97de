//! `#[derive(AuthUser)]`.

mod diesel_type;
mod expand;
mod model;
mod parse;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::errors::Errors;

/// The mistakes, and the schemas and impls of the struct, as far as it is right.
pub(crate) fn derive(input: TokenStream) -> TokenStream {
    // What is no item at all is rustc's to report: there is nothing to implement anything for.
    let input = match syn::parse2::<DeriveInput>(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let raw = parse::Struct::read(&input, &mut errors);
    let items = expand::expand(&model::User::check(&raw, &mut errors));
    quote!(#errors #items)
}
