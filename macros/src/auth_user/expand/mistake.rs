//! The placeholder of a value that has a mistake. It never runs, since its program does not compile.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::model::User;

/// A value of any type.
pub(super) fn mistake(user: &User) -> TokenStream {
    let c = &user.crate_path;
    quote!(#c::__private::mistake())
}
