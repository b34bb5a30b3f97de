//! The macros of `axum-users`. Their documentation stands where apps meet them: in `axum_users`.
//!
//! Each macro takes three steps: `parse` reads tokens and judges nothing, `model` finds every mistake and holds what is
//! right, `expand` writes what the model holds and can't fail. A mistake costs the expansion of its own part only.

mod auth_app;
mod auth_user;
mod crate_path;
mod errors;
mod keys;
mod suggestion;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Makes a struct the user of an app: see `axum_users::AuthUser`.
#[proc_macro_derive(AuthUser, attributes(auth_user, serde, garde, diesel))]
pub fn derive_auth_user(input: TokenStream) -> TokenStream {
    auth_user::derive(input.into()).into()
}

/// `auth_app!` hands its `$crate` and its tokens to this.
#[doc(hidden)]
#[proc_macro]
pub fn __auth_app(input: TokenStream) -> TokenStream {
    auth_app::expand(input.into(), auth_app::Features::ENABLED).into()
}
