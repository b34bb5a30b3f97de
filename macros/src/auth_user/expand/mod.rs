//! Writes what the model says.
//!
//! Local names begin with `__`: a bare `email` would be Diesel's column where the app has imported it.

mod checks;
mod columns;
mod create_schema;
mod doc_comments;
mod garde;
mod openapi;
mod parsing;
mod read_schema;
mod schema_module;
mod table;
mod update_schema;
mod user;

use proc_macro2::TokenStream;

use super::model::User;

pub(super) use self::columns::BACKENDS;
pub(super) use self::doc_comments::core_docs;
pub(super) use self::schema_module::{Column, SchemaModule};

pub(super) fn expand(user: &User) -> TokenStream {
    [
        read_schema::expand(user),
        create_schema::expand(user),
        update_schema::expand(user),
        user::expand(user),
        openapi::expand(user),
        checks::expand(user),
        table::expand(user),
        schema_module::expand(user).unwrap_or_default(),
    ]
    .into_iter()
    .collect()
}
