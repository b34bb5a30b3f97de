//! `schema = users`: the table as Diesel's query builder knows it.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt as _;

use super::super::diesel_type;
use super::super::model::{CoreField, Field, User};
use super::doc_comments::{core_docs, docs};
use crate::crate_path::CratePath;

pub(super) fn expand(user: &User) -> Option<TokenStream> {
    let schema = user.table.schema()?;
    let missing = CoreField::ALL
        .into_iter()
        .filter(|core| user.fields.iter().all(|field| field.core() != Some(*core)))
        .map(|core| (core, format_ident!("{}", core.name())))
        .collect::<Vec<_>>();
    let missing = missing.iter().map(|(core, name)| Column {
        docs: core_docs(*core),
        is_id: *core == CoreField::Id,
        name,
        ty: core_type(&user.crate_path, *core),
    });
    let mut columns: Vec<Column<'_>> = Vec::new();
    for column in user.fields.iter().map(|field| column(user, field)).chain(missing) {
        // Two columns of one name, or two ids, are mistakes.
        let is_there =
            |first: &Column<'_>| first.name.unraw() == column.name.unraw() || (first.is_id && column.is_id);
        if !columns.iter().any(is_there) {
            columns.push(column);
        }
    }
    let table = user.table.name();
    let module = SchemaModule {
        crate_path: &user.crate_path,
        docs: format!(" The table `{table}`, where each `{}` lies.", user.ident.unraw()),
        table,
        name: schema,
        columns,
    };
    Some(module.into_token_stream())
}

fn column<'a>(user: &'a User, field: &'a Field) -> Column<'a> {
    let c = &user.crate_path;
    let said = field.own().and_then(|own| own.sql_type.as_ref()).map(ToTokens::to_token_stream);
    let known = said.or_else(|| diesel_type::of(c, &field.ty));
    let (docs, ty) = match field.core() {
        Some(core) => {
            (core_docs(core), known.filter(|_| field.is_right).unwrap_or_else(|| core_type(c, core)))
        }
        // An unknown type has been reported.
        None => (docs(user, field), known.unwrap_or_else(|| text(c))),
    };
    Column { docs, is_id: field.core() == Some(CoreField::Id), name: &field.column, ty }
}

/// The type of one of the six that is missing or has another.
fn core_type(c: &CratePath, core: CoreField) -> TokenStream {
    let diesel = quote!(#c::__private::diesel::sql_types);
    match core {
        // As in the rest of the expansion.
        CoreField::Id => quote!(#diesel::BigInt),
        CoreField::Email | CoreField::HashedPassword => text(c),
        CoreField::IsActive | CoreField::IsSuperuser | CoreField::IsVerified => quote!(#diesel::Bool),
    }
}

fn text(c: &CratePath) -> TokenStream {
    quote!(#c::__private::diesel::sql_types::Text)
}

/// What `diesel::table!` takes.
struct SchemaModule<'a> {
    crate_path: &'a CratePath,
    /// The doc comment of the module.
    docs: String,
    /// The table's name in SQL.
    table: &'a str,
    name: &'a Ident,
    columns: Vec<Column<'a>>,
}

/// A column of the module.
struct Column<'a> {
    docs: TokenStream,
    is_id: bool,
    name: &'a Ident,
    /// Diesel's type.
    ty: TokenStream,
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
