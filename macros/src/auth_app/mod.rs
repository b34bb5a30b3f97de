//! `auth_app!`.

mod expand;
mod fallback;
mod keys;
mod model;
mod names;
mod parse;
mod types;
mod value;

use proc_macro2::TokenStream;

use crate::errors::Errors;

/// The app's type, its configuration and its parts, or its mistakes with stubs in their place.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(raw) = parse::read(input, &mut errors) else {
        return errors.finish::<()>(None).err().map(syn::Error::into_compile_error).unwrap_or_default();
    };
    match model::App::check(&raw, errors) {
        Ok(app) => expand::expand(&app),
        Err(errors) => fallback::expand(&raw, &errors),
    }
}
