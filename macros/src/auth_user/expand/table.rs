//! The user as a row: names for every database, and values for each.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::{Generics, TypePath, parse_quote};

use super::super::model::{CoreField, Field, Own, Role, User};
use super::columns::{BACKENDS, Backend, column, is_inferred, is_unknown, name, sql_type};
use super::mistake::mistake;

pub(super) fn expand(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let table = table(user);
    let rows = rows(user);
    quote! {
        #c::__diesel! {
            #table
            #rows
        }
    }
}

/// The values for each database that the user names, or else for each that is enabled.
fn rows(user: &User) -> TokenStream {
    let c = &user.crate_path;
    if !user.is_table_right {
        return BACKENDS.iter().map(|backend| placeholder_row(user, backend)).collect();
    }
    if let Some(databases) = &user.databases {
        let rows = databases.iter().map(|database| row(user, &database.to_token_stream()));
        return rows.chain(absent_rows(user, databases)).collect();
    }
    let rows = BACKENDS.iter().map(|backend| {
        let gate = format_ident!("{}", backend.gate);
        let row = row(user, &backend.ty(c));
        quote!(#c::#gate! { #row })
    });
    rows.collect()
}

/// For each database that the user does not name, an impl that says so. `AnyDatabase` asks for one for each enabled
/// feature, which another crate of the build may enable.
fn absent_rows(user: &User, databases: &[TypePath]) -> Vec<TokenStream> {
    let is_known = |path: &TypePath| BACKENDS.iter().any(|backend| backend.is_named_by(path));
    // A name of the app's own may be any database's.
    if !databases.iter().all(is_known) {
        return Vec::new();
    }
    let absent = BACKENDS.iter().filter(|backend| !databases.iter().any(|path| backend.is_named_by(path)));
    absent.map(|backend| absent_row(user, backend)).collect()
}

/// The placeholder for the values in a database, if the attributes on the struct have a mistake.
fn placeholder_row(user: &User, backend: &Backend) -> TokenStream {
    let (c, ident) = (&user.crate_path, &user.ident);
    let (gate, db) = (format_ident!("{}", backend.gate), backend.ty(c));
    let generics = table_generics(user);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let row = absent_row(user, backend);
    quote! {
        #row
        #c::#gate! {
            #[automatically_derived]
            impl #impl_generics #c::store::diesel::TableIn<#db> for #ident #ty_generics #where_clause {}
        }
    }
}

fn absent_row(user: &User, backend: &Backend) -> TokenStream {
    let c = &user.crate_path;
    let (ident, id_ty) = (&user.ident, &user.core.id_ty);
    let (gate, db) = (format_ident!("{}", backend.gate), backend.ty(c));
    let generics = table_generics(user);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let diesel = quote!(#c::__private::diesel);
    let row = quote!(__R: #diesel::row::Row<'row, #db> + #diesel::row::RowIndex<usize>);
    let no_table = quote!(::core::result::Result::Err(#c::__private::no_table().into()));
    let allow = allow(user);
    quote! {
        #c::#gate! {
            #[automatically_derived]
            #allow
            impl #impl_generics #c::store::diesel::UserRow<#db> for #ident #ty_generics #where_clause {
                const HAS_TABLE: bool = false;

                fn from_row<'row, __R>(
                    _: &mut #c::store::diesel::Cells<'_, __R, #db>,
                ) -> #diesel::deserialize::Result<Self>
                where
                    #row,
                {
                    #no_table
                }

                fn id_from_row<'row, __R>(
                    _: &mut #c::store::diesel::Cells<'_, __R, #db>,
                ) -> #diesel::deserialize::Result<#id_ty>
                where
                    #row,
                {
                    #no_table
                }

                fn values<'b>(
                    &'b self,
                    _: &mut #c::store::diesel::Values<'_, '_, 'b, #db>,
                ) -> #diesel::QueryResult<()> {
                    #no_table
                }

                fn changes<'b>(
                    _: &'b #c::user::UserChanges<'b, Self>,
                    _: &mut #c::store::diesel::Changes<'_, '_, 'b, #db>,
                ) -> #diesel::QueryResult<()> {
                    #no_table
                }

                fn id_value<'b>(
                    _: &'b #id_ty,
                    _: &mut #c::store::diesel::Values<'_, '_, 'b, #db>,
                ) -> #diesel::QueryResult<()> {
                    #no_table
                }
            }
        }
    }
}

/// The struct's parameters, with the bounds that its table's columns need.
fn table_generics(user: &User) -> Generics {
    let c = &user.crate_path;
    let mut generics = user.params.all().clone();
    let bounds = generic_columns(user).filter(|(_, own)| own.sql_type.is_none() && !user.table.is_own());
    for (field, _) in bounds {
        let ty = &field.ty;
        generics.make_where_clause().predicates.push(parse_quote!(#ty: #c::store::diesel::ColumnType));
    }
    generics
}

fn table(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let ident = &user.ident;
    let generics = table_generics(user);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let name = user.table.name();
    let is_own = user.table.is_own();
    let columns = columns_of(user).map(|field| column(user, field));
    let allow = allow(user);
    quote! {
        #[automatically_derived]
        #allow
        impl #impl_generics #c::store::diesel::UserTable for #ident #ty_generics #where_clause {
            const TABLE: &'static str = #name;
            const TABLE_IS_OWN: bool = #is_own;
            const COLUMNS: &'static [#c::store::diesel::Column] = &[#(#columns),*];
        }
    }
}

/// The fields that have columns: those without mistakes.
fn columns_of(user: &User) -> impl Iterator<Item = &Field> {
    user.fields.iter().filter(|field| field.is_right && user.is_table_right)
}

/// The app's own paths may be longer than they need to be where the struct stands.
fn allow(user: &User) -> Option<TokenStream> {
    let has_paths = user.table.is_own() || user.databases.is_some();
    has_paths.then(|| quote!(#[allow(unused_qualifications)]))
}

/// The own fields whose types the struct's parameters decide.
fn generic_columns(user: &User) -> impl Iterator<Item = (&Field, &Own)> {
    user.own_fields().filter(|(field, _)| field.is_right && user.params.occur_in(&field.ty))
}

/// The values for the database `db`.
fn row(user: &User, db: &TokenStream) -> TokenStream {
    let c = &user.crate_path;
    let ident = &user.ident;
    let generics = row_generics(user, db);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let id_ty = &user.core.id_ty;
    let mistake = mistake(user);
    let id = columns_of(user).find(|field| is_id(field));
    let id_cell = id.map_or_else(|| mistake.clone(), |field| take(user, field));
    let id_value =
        id.map_or_else(|| mistake.clone(), |field| push(user, field, &quote_spanned!(field.site()=> __id)));
    let cells = user.fields.iter().map(|field| {
        let ident = &field.ident;
        if !field.is_right {
            return quote!(#ident: #mistake);
        }
        let cell = take(user, field);
        quote_spanned!(field.site()=> #ident: #cell?)
    });
    let cells = if user.has_fields { quote!(Self { #(#cells,)* }) } else { mistake.clone() };
    let uses = uses(user);
    let values = columns_of(user).map(|field| value(user, field));
    let changes = columns_of(user).filter_map(|field| change(user, field));
    let allow = allow(user);
    quote! {
        #[automatically_derived]
        #allow
        impl #impl_generics #c::store::diesel::UserRow<#db> for #ident #ty_generics #where_clause {
            fn from_row<'row, __R>(
                __cells: &mut #c::store::diesel::Cells<'_, __R, #db>,
            ) -> #c::__private::diesel::deserialize::Result<Self>
            where
                __R: #c::__private::diesel::row::Row<'row, #db> + #c::__private::diesel::row::RowIndex<usize>,
            {
                #uses
                ::core::result::Result::Ok(#cells)
            }

            fn id_from_row<'row, __R>(
                __cells: &mut #c::store::diesel::Cells<'_, __R, #db>,
            ) -> #c::__private::diesel::deserialize::Result<#id_ty>
            where
                __R: #c::__private::diesel::row::Row<'row, #db> + #c::__private::diesel::row::RowIndex<usize>,
            {
                #uses
                #id_cell
            }

            fn values<'b>(
                &'b self,
                __values: &mut #c::store::diesel::Values<'_, '_, 'b, #db>,
            ) -> #c::__private::diesel::QueryResult<()> {
                #uses
                #(#values)*
                ::core::result::Result::Ok(())
            }

            fn changes<'b>(
                __changes: &'b #c::user::UserChanges<'b, Self>,
                __out: &mut #c::store::diesel::Changes<'_, '_, 'b, #db>,
            ) -> #c::__private::diesel::QueryResult<()> {
                #uses
                #(#changes)*
                ::core::result::Result::Ok(())
            }

            fn id_value<'b>(
                __id: &'b #id_ty,
                __values: &mut #c::store::diesel::Values<'_, '_, 'b, #db>,
            ) -> #c::__private::diesel::QueryResult<()> {
                #uses
                #id_value
            }
        }

        #[automatically_derived]
        #allow
        impl #impl_generics #c::store::diesel::TableIn<#db> for #ident #ty_generics #where_clause {}
    }
}

fn is_id(field: &Field) -> bool {
    matches!(field.role, Role::Core(CoreField::Id))
}

/// Whether the field is the id of the app's own table, which has a type of the app's choice.
fn is_own_id(user: &User, field: &Field) -> bool {
    is_id(field) && user.table.is_own()
}

/// What a database must know of the types that the struct's parameters decide.
fn row_generics(user: &User, db: &TokenStream) -> Generics {
    let c = &user.crate_path;
    let diesel = quote!(#c::__private::diesel);
    let mut generics = user.params.all().clone();
    for (field, own) in generic_columns(user) {
        let (ty, st) = (&field.ty, sql_type(user, field));
        let predicates = &mut generics.make_where_clause().predicates;
        if own.sql_type.is_none() && !user.table.is_own() {
            predicates.push(parse_quote!(#ty: #c::store::diesel::ColumnType));
        }
        predicates.push(
            parse_quote!(#ty: #diesel::deserialize::FromSql<#st, #db> + #diesel::serialize::ToSql<#st, #db>),
        );
        predicates.push(parse_quote!(#db: #diesel::sql_types::HasSqlType<#st>));
    }
    generics
}

/// A field whose type may have no column type, which is reported with the names of the columns and nowhere else.
fn inferred(user: &User, field: &Field) -> TokenStream {
    let (c, ty) = (&user.crate_path, &field.ty);
    quote_spanned!(field.site()=> (&#c::__private::Inferred::<#ty>::NEW))
}

/// The traits that the methods of `inferred` are from.
fn uses(user: &User) -> Option<TokenStream> {
    let c = &user.crate_path;
    let is_used = columns_of(user).any(|field| is_unknown(user, field));
    is_used.then(|| {
        quote! {
            #[allow(unused_imports)]
            use #c::__private::{ByColumnType as _, ByNobody as _};
        }
    })
}

/// Takes the value of a field from the next cell.
fn take(user: &User, field: &Field) -> TokenStream {
    let (st, site) = (sql_type(user, field), field.site());
    if is_own_id(user, field) {
        quote_spanned!(site=> __cells.id::<#st, _>())
    } else if is_unknown(user, field) {
        let inferred = inferred(user, field);
        quote_spanned!(site=> #inferred.read_column(__cells))
    } else if is_inferred(user, field) {
        quote_spanned!(site=> __cells.column())
    } else {
        quote_spanned!(site=> __cells.take::<#st, _>())
    }
}

/// Writes the value of a field.
fn value(user: &User, field: &Field) -> TokenStream {
    let (c, ident) = (&user.crate_path, &field.ident);
    let push = push(user, field, &quote_spanned!(field.site()=> &self.#ident));
    if is_id(field) {
        // Left out, the database counts it up.
        return quote!(if #c::user::UserId::is_generated(&self.#ident) { #push?; });
    }
    quote!(#push?;)
}

/// Writes `value` into the column of a field.
fn push(user: &User, field: &Field, value: &TokenStream) -> TokenStream {
    let (st, site) = (sql_type(user, field), field.site());
    if is_own_id(user, field) {
        quote_spanned!(site=> __values.id::<#st, _>(#value))
    } else if is_unknown(user, field) {
        let inferred = inferred(user, field);
        quote_spanned!(site=> #inferred.write_column(__values, #value))
    } else if is_inferred(user, field) {
        quote_spanned!(site=> __values.column(#value))
    } else {
        quote_spanned!(site=> __values.push::<#st, _>(#value))
    }
}

/// Writes the change of a field, where there is one.
fn change(user: &User, field: &Field) -> Option<TokenStream> {
    let c = &user.crate_path;
    let (ident, st, column) = (&field.ident, sql_type(user, field), name(user, field));
    let value = match &field.role {
        Role::Core(CoreField::Id) => return None,
        Role::Own(own) if own.update.is_none() => return None,
        Role::Core(CoreField::Email) => quote!(__changes.email.map(#c::user::Email::as_str)),
        Role::Core(CoreField::HashedPassword) => quote!(__changes.hashed_password),
        Role::Core(flag @ (CoreField::IsActive | CoreField::IsSuperuser | CoreField::IsVerified)) => {
            let flag = format_ident!("{}", flag.name());
            quote!(__changes.flags.#flag.as_ref())
        }
        Role::Own(_) => quote!(__changes.own.and_then(|__own| __own.#ident.as_ref())),
    };
    let site = field.site();
    let is_email = matches!(field.role, Role::Core(CoreField::Email));
    // The new value of a core field has the type that the field must have, whatever the struct says.
    Some(if is_unknown(user, field) && field.own().is_some() {
        let inferred = inferred(user, field);
        quote_spanned!(site=> #inferred.change_column(__out, #column, #value)?;)
    } else if is_inferred(user, field) && !is_email {
        quote_spanned!(site=> __out.column(#column, #value)?;)
    } else {
        quote_spanned!(site=> __out.set::<#st, _>(#column, #value)?;)
    })
}
