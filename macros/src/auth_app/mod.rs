//! `auth_app!`.

mod expand;
mod features;
mod keys;
mod model;
mod names;
mod parse;
mod types;
mod value;

use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::Errors;

pub(crate) use self::features::Features;

/// The mistakes, and the app's type, its configuration and its parts, as far as they are right.
pub(crate) fn expand(input: TokenStream, features: Features) -> TokenStream {
    let mut errors = Errors::default();
    let app = parse::read(input, &mut errors).map(|raw| model::App::check(&raw, features, &mut errors));
    let items = app.map(|app| expand::expand(&app));
    quote!(#errors #items)
}
