//! Columns: the name and the SQL type of each field.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt as _;

use super::super::model::{CoreField, Field, Role, Table, User};
use crate::crate_path::CratePath;

/// A database: the runtime's macro that hands its tokens on where the database's feature is on, and
/// Diesel's name for it.
pub(in super::super) struct Backend {
    pub(in super::super) gate: &'static str,
    pub(in super::super) path: [&'static str; 2],
}

/// All databases.
pub(in super::super) const BACKENDS: [Backend; 1] =
    [Backend { gate: "__sqlite", path: ["sqlite", "Sqlite"] }];

impl Backend {
    /// `::axum_users::__private::diesel::sqlite::Sqlite`
    pub(in super::super) fn ty(&self, c: &CratePath) -> TokenStream {
        let [module, name] = self.path.map(|part| format_ident!("{part}"));
        quote!(#c::__private::diesel::#module::#name)
    }
}

/// The SQL type of a field's column.
pub(super) fn sql_type(user: &User, field: &Field) -> TokenStream {
    let c = &user.crate_path;
    let (ty, column) = (&field.ty, &field.column);
    if let Table::Own { path, .. } = &user.table {
        return quote!(#c::__private::diesel::dsl::SqlTypeOf<#path::#column>);
    }
    match field.own().and_then(|own| own.sql_type.as_ref()) {
        Some(sql_type) => quote!(#sql_type),
        None => quote!(<#ty as #c::store::diesel::ColumnType>::SqlType),
    }
}

/// The name of a field's column. Of the app's own table it is asked, so that it can't be wrong.
pub(super) fn name(user: &User, field: &Field) -> TokenStream {
    let c = &user.crate_path;
    let column = &field.column;
    match &user.table {
        Table::Own { path, .. } => quote!(<#path::#column as #c::__private::diesel::Column>::NAME),
        Table::Derived { .. } => {
            let name = column.unraw().to_string();
            quote!(#name)
        }
    }
}

/// The entry of a field in `UserTable::COLUMNS`.
pub(super) fn column(user: &User, field: &Field) -> TokenStream {
    let c = &user.crate_path;
    let name = name(user, field);
    let role = match &field.role {
        Role::Core(CoreField::Id) => quote!(Id),
        Role::Core(CoreField::Email) => quote!(Email),
        Role::Core(CoreField::HashedPassword) => quote!(HashedPassword),
        Role::Core(CoreField::IsActive) => quote!(IsActive),
        Role::Core(CoreField::IsSuperuser) => quote!(IsSuperuser),
        Role::Core(CoreField::IsVerified) => quote!(IsVerified),
        Role::Own(_) => quote!(Own),
    };
    let sql = sql(user, field);
    quote! {
        #c::store::diesel::Column {
            name: #name,
            role: #c::store::diesel::Role::#role,
            sql: #sql,
        }
    }
}

/// The function that spells a column's type.
fn sql(user: &User, field: &Field) -> TokenStream {
    let c = &user.crate_path;
    let ty = &field.ty;
    if user.table.is_own() {
        return quote!(|_| "");
    }
    match field.own().and_then(|own| own.sql.as_ref()) {
        Some(sql) => quote!(|_| #sql),
        None => quote!(<#ty as #c::store::diesel::ColumnType>::sql),
    }
}
