//! `schema = users`: the table as Diesel's query builder knows it.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;

use super::super::diesel_type;
use super::super::model::{CoreField, Field, Role, User};
use super::doc_comments::{core_docs, docs};
use crate::crate_path::CratePath;

pub(super) fn expand(user: &User) -> Option<TokenStream> {
    let columns = user.fields.iter().map(|field| {
        let docs = match &field.role {
            Role::Core(core) => core_docs(*core),
            Role::Own(_) => docs(user, field),
        };
        Column {
            docs,
            is_id: matches!(field.role, Role::Core(CoreField::Id)),
            name: &field.column,
            ty: sql_type(user, field),
        }
    });
    let table = user.table.name();
    let module = SchemaModule {
        crate_path: &user.crate_path,
        docs: format!(" The table `{table}`, where each `{}` lies.", user.ident.unraw()),
        table,
        name: user.table.schema()?,
        columns: columns.collect(),
    };
    Some(module.into_token_stream())
}

/// The type of a column. The model has seen to it that there is one.
fn sql_type(user: &User, field: &Field) -> TokenStream {
    match field.own().and_then(|own| own.sql_type.as_ref()) {
        Some(sql_type) => quote!(#sql_type),
        None => diesel_type::of(&user.crate_path, &field.ty).unwrap_or_default(),
    }
}

/// What `diesel::table!` takes.
pub(in super::super) struct SchemaModule<'a> {
    pub(in super::super) crate_path: &'a CratePath,
    /// The doc comment of the module.
    pub(in super::super) docs: String,
    /// The table's name in SQL.
    pub(in super::super) table: &'a str,
    pub(in super::super) name: &'a Ident,
    pub(in super::super) columns: Vec<Column<'a>>,
}

/// A column of the module.
pub(in super::super) struct Column<'a> {
    pub(in super::super) docs: TokenStream,
    pub(in super::super) is_id: bool,
    pub(in super::super) name: &'a Ident,
    /// Diesel's type.
    pub(in super::super) ty: TokenStream,
}

impl ToTokens for SchemaModule<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { crate_path: c, docs, table, name, columns } = self;
        let id = columns.iter().find(|column| column.is_id).map(|column| column.name);
        let columns = columns.iter().map(|Column { docs, name, ty, .. }| quote!(#docs #name -> #ty,));
        tokens.extend(quote! {
            #c::__diesel! {
                ::diesel::table! {
                    #[doc = #docs]
                    #[sql_name = #table]
                    #name (#id) {
                        #(#columns)*
                    }
                }
            }
        });
    }
}
