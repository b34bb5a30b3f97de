//! The names of the items that `auth_app!` generates.

use proc_macro2::Ident;
use quote::format_ident;

/// Returns the name of an app's configuration: `CamelotConfig` for `Camelot`.
pub(super) fn config_ident(app: &Ident) -> Ident {
    format_ident!("{app}Config", span = app.span())
}

/// Returns the name of the constant for a backend or a client: `JWT` for `jwt`.
pub(super) fn constant_ident(name: &Ident) -> Ident {
    format_ident!("{}", name.to_string().to_uppercase(), span = name.span())
}
