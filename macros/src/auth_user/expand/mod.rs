//! Writes what the model says.
//!
//! Local names begin with `__`: a bare `email` would be Diesel's column where the app has imported it.

mod checks;
mod columns;
mod constructor;
mod create_schema;
mod doc_comments;
mod garde;
mod mistake;
mod openapi;
mod parsing;
mod read_schema;
mod schema_module;
mod table;
mod update_schema;
mod user;

use proc_macro2::TokenStream;

use super::model::User;

pub(super) fn expand(user: &User) -> TokenStream {
    let schema_module = schema_module::expand(user).unwrap_or_default();
    // What borrows or counts can't be a user: `AuthUser` is `'static`, and the schemas take types.
    if !user.params.are_types() {
        return schema_module;
    }
    [
        read_schema::expand(user),
        create_schema::expand(user),
        constructor::expand(user),
        update_schema::expand(user),
        user::expand(user),
        openapi::expand(user),
        checks::expand(user),
        table::expand(user),
        schema_module,
    ]
    .into_iter()
    .collect()
}
