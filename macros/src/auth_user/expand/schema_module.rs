//! `schema = users`: the table as Diesel's query builder knows it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;

use super::super::diesel_type;
use super::super::model::{CoreField, Field, Role, User};
use super::docs;

pub(super) fn expand(user: &User) -> Option<TokenStream> {
    let c = &user.crate_path;
    let schema = user.table.schema()?;
    let table = user.table.name();
    let id = user
        .fields
        .iter()
        .find(|field| matches!(field.role, Role::Core(CoreField::Id)))
        .map(|field| &field.column);
    let columns = user.fields.iter().map(|field| {
        let docs = match &field.role {
            Role::Core(core) => super::core_docs(*core),
            Role::Own(_) => docs(user, field),
        };
        let column = &field.column;
        let ty = sql_type(user, field);
        quote! {
            #docs
            #column -> #ty,
        }
    });
    let title = format!(" The table `{table}`, where each `{}` lies.", user.ident.unraw());
    Some(quote! {
        #c::__diesel! {
            ::diesel::table! {
                #[doc = #title]
                #[sql_name = #table]
                #schema (#id) {
                    #(#columns)*
                }
            }
        }
    })
}

/// The type of a column. The model has seen to it that there is one.
fn sql_type(user: &User, field: &Field) -> Option<TokenStream> {
    match field.own().and_then(|own| own.sql_type.as_ref()) {
        Some(sql_type) => Some(quote!(#sql_type)),
        None => diesel_type::of(&user.crate_path, &field.ty),
    }
}
