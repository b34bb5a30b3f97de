//! `#[on_each_store]`: one test for each place that users may lie in. It knows their names, and nothing of them.

use proc_macro::TokenStream;
use quote::{format_ident, quote};
use syn::{ItemFn, parse_macro_input};

const SERVERS: [&str; 2] = ["Postgres", "Mysql"];
const DATABASES: [&str; 3] = ["Sqlite", "Postgres", "Mysql"];
const STORES: [&str; 4] = ["Sqlite", "Postgres", "Mysql", "Memory"];

/// Runs an `async fn` once on each database, and once in memory.
#[proc_macro_attribute]
pub fn on_each_store(_: TokenStream, test: TokenStream) -> TokenStream {
    expand(&parse_macro_input!(test as ItemFn), &STORES)
}

/// Runs an `async fn` once on each database.
#[proc_macro_attribute]
pub fn on_each_database(_: TokenStream, test: TokenStream) -> TokenStream {
    expand(&parse_macro_input!(test as ItemFn), &DATABASES)
}

/// Runs an `async fn` once on each database that is a server.
#[proc_macro_attribute]
pub fn on_each_server(_: TokenStream, test: TokenStream) -> TokenStream {
    expand(&parse_macro_input!(test as ItemFn), &SERVERS)
}

/// The function as it is, and a module of its name with a test for each store: `login::postgres`.
fn expand(test: &ItemFn, stores: &[&str]) -> TokenStream {
    let name = &test.sig.ident;
    let tests = stores.iter().map(|store| {
        let (test, store) = (format_ident!("{}", store.to_lowercase()), format_ident!("{store}"));
        quote! {
            #[test]
            fn #test() {
                ::axum_users_tests::Store::#store.run(super::#name());
            }
        }
    });
    quote! {
        #test

        mod #name {
            #(#tests)*
        }
    }
    .into()
}
