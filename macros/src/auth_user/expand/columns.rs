//! Columns: the name and the SQL type of each field.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::TypePath;
use syn::ext::IdentExt as _;

use super::super::diesel_type;
use super::super::model::{CoreField, Field, Role, Table, User};
use crate::crate_path::CratePath;

/// A database: the runtime's macro that hands its tokens on where the database's feature is on, and
/// Diesel's name for it.
pub(super) struct Backend {
    pub(super) gate: &'static str,
    pub(super) path: [&'static str; 2],
}

/// All databases.
pub(super) const BACKENDS: [Backend; 3] = [
    Backend { gate: "__sqlite", path: ["sqlite", "Sqlite"] },
    Backend { gate: "__postgres", path: ["pg", "Pg"] },
    Backend { gate: "__mysql", path: ["mysql", "Mysql"] },
];

impl Backend {
    /// `::axum_users::__private::diesel::sqlite::Sqlite`
    pub(super) fn ty(&self, c: &CratePath) -> TokenStream {
        let [module, name] = self.path.map(|part| format_ident!("{part}"));
        quote!(#c::__private::diesel::#module::#name)
    }

    /// Whether `path` is Diesel's name for it, by its last segment.
    pub(super) fn is_named_by(&self, path: &TypePath) -> bool {
        path.path.segments.last().is_some_and(|segment| segment.ident == self.path[1])
    }
}

/// The SQL type of a field's column.
pub(super) fn sql_type(user: &User, field: &Field) -> TokenStream {
    let (c, ty) = (&user.crate_path, &field.ty);
    said_sql_type(user, field)
        .unwrap_or_else(|| quote_spanned!(field.site()=> <#ty as #c::store::diesel::ColumnType>::SqlType))
}

/// The SQL type that the attributes or the app's own table give a field's column.
fn said_sql_type(user: &User, field: &Field) -> Option<TokenStream> {
    let (c, column) = (&user.crate_path, &field.column);
    if let Table::Own { path, .. } = &user.table {
        return Some(quote!(#c::__private::diesel::dsl::SqlTypeOf<#path::#column>));
    }
    field.own()?.sql_type.as_ref().map(ToTokens::to_token_stream)
}

/// Whether rustc finds a column's SQL type by the field's type alone. The bounds of a generic user lead it astray.
pub(super) fn is_inferred(user: &User, field: &Field) -> bool {
    user.params.all().params.is_empty() && said_sql_type(user, field).is_none()
}

/// Whether nothing tells a column's SQL type but its field's type, whose name is unknown. It may have none.
pub(super) fn is_unknown(user: &User, field: &Field) -> bool {
    is_inferred(user, field) && diesel_type::of(&user.crate_path, &field.ty).is_none()
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

/// The entry of a field in `UserTable::COLUMNS`. The app's own table has its columns' types, but that of the id is
/// told all the same: the tables of tokens refer to it.
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
    let role = quote!(#c::store::diesel::Role::#role);
    let said = match &field.role {
        Role::Core(CoreField::Id) if user.table.is_own() => {
            let (ty, st) = (&field.ty, sql_type(user, field));
            return quote_spanned!(field.site()=> #c::store::diesel::Column::of_id::<#st, #ty>(#name));
        }
        _ if user.table.is_own() => Some(quote!("")),
        Role::Core(_) => None,
        Role::Own(own) => own.sql.as_ref().map(ToTokens::to_token_stream),
    };
    let ty = &field.ty;
    if let Some(sql) = said {
        quote!(#c::store::diesel::Column { name: #name, role: #role, sql: |_| #sql })
    } else {
        quote_spanned!(field.site()=> #c::store::diesel::Column::of::<#ty>(#name, #role))
    }
}
