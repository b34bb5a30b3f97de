//! Stubs beside mistakes, so that what uses the user does not fail as well.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{GenericParam, Type, parse_quote};

use super::expand::{BACKENDS, core_docs};
use super::model::{self, CoreField};
use super::parse::Struct;
use crate::crate_path::CratePath;

/// The mistakes, and a user of the six fields that does nothing.
pub(super) fn expand(raw: &Struct, errors: &syn::Error) -> TokenStream {
    let errors = errors.to_compile_error();
    // What is borrowed or counted by a constant can't be a user, not even a stub of one.
    if raw.generics.params.iter().any(|param| !matches!(param, GenericParam::Type(_))) {
        return errors;
    }
    let c = model::crate_path(&raw.keys);
    let schemas = schemas(raw, &c);
    let user = user(raw, &c);
    let rows = rows(raw, &c);
    quote!(#errors #schemas #user #rows)
}

fn names(raw: &Struct) -> [Ident; 3] {
    ["Read", "Create", "Update"].map(|suffix| model::schema(&raw.ident, suffix))
}

/// The id's type as far as it is known, so that what uses it means the same. The stubs of the schemas have
/// no parameters, so a type of theirs won't do.
fn id_ty(raw: &Struct) -> Type {
    let is_id = |name: &Ident| CoreField::of_name(name) == Some(CoreField::Id);
    raw.fields()
        .iter()
        .find(|field| is_id(&field.ident) || field.keys.iter().any(|key| is_id(&key.name)))
        .map(|field| field.ty.clone())
        .filter(|ty| !model::Params::unchecked(&raw.generics).occur_in(ty))
        .filter(|ty| model::type_mistake(CoreField::Id, ty).is_none())
        .unwrap_or_else(|| parse_quote!(i64))
}

fn schemas(raw: &Struct, c: &CratePath) -> TokenStream {
    let vis = &raw.vis;
    let [read, create, update] = names(raw);
    let serde = c.serde();
    let flags = [CoreField::IsActive, CoreField::IsSuperuser, CoreField::IsVerified]
        .map(|flag| (core_docs(flag), format_ident!("{}", flag.name())));
    let read_flags = flags.iter().map(|(docs, flag)| quote!(#docs pub #flag: bool,));
    let sent_flags = flags
        .iter()
        .map(|(docs, flag)| quote!(#docs pub #flag: ::core::option::Option<bool>,))
        .collect::<TokenStream>();
    let [id_docs, docs] = [CoreField::Id, CoreField::Email].map(core_docs);
    let id_ty = id_ty(raw);
    let documented = names(raw).map(|name| {
        quote! {
            #[automatically_derived]
            impl #c::openapi::utoipa::PartialSchema for #name {
                fn schema() -> #c::openapi::schema::AnySchema { ::core::unreachable!() }
            }
            #[automatically_derived]
            impl #c::openapi::utoipa::ToSchema for #name {}
        }
    });
    quote! {
        /// A stub: the user has mistakes.
        #[derive(#c::__private::serde::Serialize)]
        #[serde(crate = #serde)]
        #[allow(dead_code, missing_debug_implementations)]
        #vis struct #read {
            #id_docs
            pub id: #id_ty,
            #docs
            pub email: ::std::string::String,
            #(#read_flags)*
        }

        /// A stub: the user has mistakes.
        #[allow(dead_code, missing_debug_implementations)]
        #vis struct #create {
            #docs
            pub email: #c::user::Email,
            /// The password.
            pub password: #c::secret::Password,
            #sent_flags
        }

        /// A stub: the user has mistakes.
        #[derive(::core::default::Default, #c::__private::serde::Serialize)]
        #[serde(crate = #serde)]
        #[allow(dead_code, missing_debug_implementations)]
        #vis struct #update {
            #docs
            pub email: ::core::option::Option<#c::user::Email>,
            /// The new password.
            #[serde(skip)]
            pub password: ::core::option::Option<#c::secret::Password>,
            /// The password so far.
            #[serde(skip)]
            pub current_password: ::core::option::Option<#c::secret::Password>,
            #sent_flags
        }

        #[automatically_derived]
        impl #c::user::Schema for #create {
            fn parse(_: &mut #c::user::Fields) -> ::core::option::Option<Self> { ::core::unreachable!() }
        }

        #[automatically_derived]
        impl #c::user::CreateSchema for #create {
            fn email(&self) -> &#c::user::Email { ::core::unreachable!() }
            fn password(&self) -> &#c::secret::Password { ::core::unreachable!() }
            fn flags(&self) -> #c::user::Flags { ::core::unreachable!() }
            fn restrict(self) -> Self { ::core::unreachable!() }
        }

        #[automatically_derived]
        impl #c::user::Schema for #update {
            fn parse(_: &mut #c::user::Fields) -> ::core::option::Option<Self> { ::core::unreachable!() }
        }

        #c::__openapi! { #(#documented)* }

        #[automatically_derived]
        impl #c::user::UpdateSchema for #update {
            fn email(&self) -> ::core::option::Option<&#c::user::Email> { ::core::unreachable!() }
            fn take_passwords(&mut self) -> #c::user::Passwords { ::core::unreachable!() }
            fn flags(&self) -> #c::user::Flags { ::core::unreachable!() }
            fn restrict(self) -> Self { ::core::unreachable!() }
        }
    }
}

fn user(raw: &Struct, c: &CratePath) -> TokenStream {
    let ident = &raw.ident;
    let id_ty = id_ty(raw);
    let [read, create, update] = names(raw);
    let (impl_generics, ty_generics, where_clause) = raw.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #c::user::AuthUser for #ident #ty_generics #where_clause {
            type Id = #id_ty;
            type Read = #read;
            type Create = #create;
            type Update = #update;

            fn id(&self) -> #id_ty { ::core::unreachable!() }
            fn email(&self) -> &str { ::core::unreachable!() }
            fn hashed_password(&self) -> &#c::secret::HashedPassword { ::core::unreachable!() }
            fn is_active(&self) -> bool { ::core::unreachable!() }
            fn is_superuser(&self) -> bool { ::core::unreachable!() }
            fn is_verified(&self) -> bool { ::core::unreachable!() }
            fn create(_: #create, _: #c::secret::HashedPassword) -> Self { ::core::unreachable!() }
            fn set_id(&mut self, _: #id_ty) { ::core::unreachable!() }
            fn apply(&mut self, _: &#c::user::UserChanges<'_, Self>) { ::core::unreachable!() }
            fn read(&self) -> #read { ::core::unreachable!() }
        }
    }
}

fn rows(raw: &Struct, c: &CratePath) -> TokenStream {
    let ident = &raw.ident;
    let id_ty = id_ty(raw);
    let (impl_generics, ty_generics, where_clause) = raw.generics.split_for_impl();
    let diesel = quote!(#c::__private::diesel);
    let result = quote!(#diesel::QueryResult<()>);
    let rows = BACKENDS.iter().map(|backend| {
        let gate = format_ident!("{}", backend.gate);
        let db = backend.ty(c);
        quote! {
            #c::#gate! {
                #[automatically_derived]
                impl #impl_generics #c::store::diesel::UserRow<#db> for #ident #ty_generics #where_clause {
                    fn from_row<'row, __R>(_: &mut #c::store::diesel::Cells<'_, __R, #db>) -> #diesel::deserialize::Result<Self>
                    where
                        __R: #diesel::row::Row<'row, #db> + #diesel::row::RowIndex<usize>,
                    { ::core::unreachable!() }
                    fn values<'b>(&'b self, _: &mut #c::store::diesel::Values<'_, '_, 'b, #db>) -> #result { ::core::unreachable!() }
                    fn changes<'b>(
                        _: &'b #c::user::UserChanges<'b, Self>,
                        _: &mut #c::store::diesel::Changes<'_, '_, 'b, #db>,
                    ) -> #result { ::core::unreachable!() }
                    fn id_value<'b>(_: &'b #id_ty, _: &mut #c::store::diesel::Values<'_, '_, 'b, #db>) -> #result { ::core::unreachable!() }
                }
            }
        }
    });
    quote! {
        #c::__diesel! {
            #[automatically_derived]
            impl #impl_generics #c::store::diesel::UserTable for #ident #ty_generics #where_clause {
                const TABLE: &'static str = "";
                const TABLE_IS_OWN: bool = false;
                const COLUMNS: &'static [#c::store::diesel::Column] = &[];
            }
            #(#rows)*
        }
    }
}
