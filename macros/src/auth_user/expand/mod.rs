//! Writes what the model says.
//!
//! Local names begin with `__`: a bare `email` would be Diesel's column where the app has imported it.

mod checks;
mod columns;
mod create_schema;
mod garde;
mod openapi;
mod parsing;
mod read_schema;
mod schema_module;
mod table;
mod update_schema;
mod user;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::model::{CoreField, Field, User};

pub(super) use self::columns::BACKENDS;
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

/// The doc comment of an own field, or one in its stead. It begins the field in the schema, which is where serde's
/// errors point: so it lies at the type.
fn docs(user: &User, field: &Field) -> TokenStream {
    let site = field.site();
    if field.docs.is_empty() {
        let text = format!(" `{}`, as `{}` has it.", field.name(), user.ident);
        return quote_spanned!(site=> #[doc = #text]);
    }
    let metas = field.docs.iter().map(|attribute| &attribute.meta);
    quote_spanned!(site=> #(#[#metas])*)
}

/// The doc comment of one of the six fields.
pub(super) fn core_docs(core: CoreField) -> TokenStream {
    let text = match core {
        CoreField::Id => " The primary key.",
        CoreField::Email => " The address.",
        CoreField::HashedPassword => " The hash of the password.",
        CoreField::IsActive => " Whether the user may sign in at all.",
        CoreField::IsSuperuser => " Whether the user may manage the others.",
        CoreField::IsVerified => " Whether the user has proven to own the address.",
    };
    quote!(#[doc = #text])
}
