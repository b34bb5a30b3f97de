//! Stubs beside mistakes, so that what uses the app does not fail as well.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Expr, Type};

use super::expand::{client_constant, constant, setup_docs};
use super::keys::is_config_field;
use super::model::{is_backend_name, is_word_of_rust};
use super::names::config_ident;
use super::parse::{Struct, Value};
use super::types::{Types, secrets};
use super::value;

/// The mistakes, and an app that does nothing.
pub(super) fn expand(raw: &Struct, errors: &syn::Error) -> TokenStream {
    let errors = errors.to_compile_error();
    let (Some(user), Some(database)) = (user(raw), expr(raw, "database").and_then(value::ty)) else {
        let bare = bare(raw);
        return quote!(#errors #bare);
    };
    let types = Types {
        crate_path: &raw.crate_path,
        attributes: &raw.attributes,
        vis: &raw.vis,
        ident: &raw.ident,
        user,
        database: &database,
        redis: expr(raw, "redis"),
        oauth: oauth(raw),
    }
    .expand();
    let inherent = inherent(raw);
    quote!(#errors #types #inherent)
}

fn value<'a>(raw: &'a Struct, key: &str) -> Option<&'a Value> {
    raw.entries.iter().flatten().find(|entry| entry.key == key)?.value.as_ref()
}

fn expr<'a>(raw: &'a Struct, key: &str) -> Option<&'a Expr> {
    match value(raw, key)? {
        Value::Expr(expr) => Some(expr),
        Value::Type(_) | Value::Backends(_) | Value::Clients(_) | Value::Unknown => None,
    }
}

fn user(raw: &Struct) -> Option<&Type> {
    match value(raw, "user")? {
        Value::Type(user) => Some(user),
        Value::Expr(_) | Value::Backends(_) | Value::Clients(_) | Value::Unknown => None,
    }
}

/// The word `oauth`, and the names of clients that may stand in code and are nobody else's.
fn oauth(raw: &Struct) -> Option<(&Ident, Vec<&Ident>)> {
    let entry = raw.entries.iter().flatten().find(|entry| entry.key == "oauth")?;
    let Some(Value::Clients(clients)) = &entry.value else { return None };
    let backends = backend_names(raw);
    let mut names = clients.iter().map(|client| &client.name).collect::<Vec<_>>();
    let is_field = |name: &Ident| is_backend_name(name) && !is_config_field(name) && !is_word_of_rust(name);
    names.retain(|name| is_field(name) && !backends.contains(name));
    names.sort();
    names.dedup();
    Some((&entry.key, names))
}

fn backend_names(raw: &Struct) -> Vec<&Ident> {
    let mut names = match value(raw, "backends") {
        Some(Value::Backends(backends)) => backends.iter().map(|backend| &backend.name).collect(),
        _ => Vec::new(),
    };
    names.retain(|name| is_backend_name(name));
    names.sort();
    names.dedup();
    names
}

/// Names alone, where nothing can be said of the types behind them.
fn bare(raw: &Struct) -> TokenStream {
    let Struct { crate_path: c, attributes, vis, ident, .. } = raw;
    let config = config_ident(ident);
    let secrets = secrets(c);
    quote! {
        #(#attributes)*
        #[derive(::core::clone::Clone)]
        #[allow(dead_code, missing_debug_implementations)]
        #vis struct #ident(());

        /// A stub: the app has mistakes.
        #[allow(dead_code, missing_debug_implementations)]
        #vis struct #config {
            #secrets
        }
    }
}

fn inherent(raw: &Struct) -> TokenStream {
    let Struct { crate_path: c, ident, .. } = raw;
    let constants = backend_names(raw).into_iter().map(|name| constant(c, name));
    let clients = oauth(raw).into_iter().flat_map(|(_, clients)| clients);
    let client_constants = clients.map(|name| client_constant(c, name));
    let setup_docs = setup_docs(ident);
    let config = config_ident(ident);
    quote! {
        #[allow(dead_code)]
        impl #ident {
            #(#constants)*
            #(#client_constants)*

            #[doc = #setup_docs]
            pub fn setup() -> #c::app::Setup<Self> {
                ::core::unreachable!()
            }

            /// A stub: the app has mistakes.
            pub async fn start(_: #config) -> ::core::result::Result<Self, #c::app::StartError> {
                ::core::unreachable!()
            }
        }
    }
}
