//! The module of `schema = …`, so that queries of the app's own do not fail as well.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::ext::IdentExt as _;

use super::super::diesel_type;
use super::super::expand::{Column, SchemaModule, core_docs};
use super::super::model::{self, CoreField};
use super::super::parse::{Field, Struct};
use crate::crate_path::CratePath;

/// A column for each of the six and for each field that can be read. Their types are those that the module would have, as
/// far as they are known.
pub(super) fn expand(raw: &Struct, c: &CratePath) -> Option<TokenStream> {
    let table = model::table_unchecked(&raw.keys);
    let schema = table.schema()?;
    let missing = CoreField::ALL
        .into_iter()
        .filter(|core| raw.fields().iter().all(|field| model::claim(field) != Some(*core)))
        .map(|core| (core, format_ident!("{}", core.name())))
        .collect::<Vec<_>>();
    let stubs = missing.iter().map(|(core, name)| of_core(*core, name, c));
    let mut columns: Vec<Column<'_>> = Vec::new();
    for column in raw.fields().iter().map(|field| of_field(field, raw, c)).chain(stubs) {
        // Two columns of one name, or two ids, are among the mistakes.
        let is_there =
            |first: &Column<'_>| first.name.unraw() == column.name.unraw() || (first.is_id && column.is_id);
        if !columns.iter().any(is_there) {
            columns.push(column);
        }
    }
    let module = SchemaModule {
        crate_path: c,
        docs: " A stub: the user has mistakes.".to_owned(),
        table: table.name(),
        name: schema,
        columns,
    };
    Some(module.into_token_stream())
}

fn of_core<'a>(core: CoreField, name: &'a Ident, c: &CratePath) -> Column<'a> {
    Column { docs: core_docs(core), is_id: core == CoreField::Id, name, ty: core_type(core, c) }
}

fn of_field<'a>(field: &'a Field, raw: &Struct, c: &CratePath) -> Column<'a> {
    let name = field.column_name.as_ref().unwrap_or(&field.ident);
    let known = diesel_type::of(c, &field.ty);
    if let Some(core) = model::claim(field) {
        let known = known.filter(|_| model::type_mistake(core, &field.ty).is_none());
        let stub = of_core(core, name, c);
        return Column { ty: known.unwrap_or(stub.ty), ..stub };
    }
    let said = model::own_unchecked(field, &raw.keys).and_then(|own| own.sql_type);
    let ty = said.map(|sql_type| quote!(#sql_type)).or(known).unwrap_or_else(|| text(c));
    Column { docs: quote!(#[doc = " A stub: the user has mistakes."]), is_id: false, name, ty }
}

/// The type of one of the six that is missing or has another.
fn core_type(core: CoreField, c: &CratePath) -> TokenStream {
    let diesel = quote!(#c::__private::diesel::sql_types);
    match core {
        // As in the other stubs.
        CoreField::Id => quote!(#diesel::BigInt),
        CoreField::Email | CoreField::HashedPassword => text(c),
        CoreField::IsActive | CoreField::IsSuperuser | CoreField::IsVerified => quote!(#diesel::Bool),
    }
}

fn text(c: &CratePath) -> TokenStream {
    quote!(#c::__private::diesel::sql_types::Text)
}
