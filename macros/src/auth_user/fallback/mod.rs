//! Stubs beside mistakes, so that what uses the user does not fail as well.

mod schema_module;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{GenericParam, Generics, Type, parse_quote};

use super::expand::{BACKENDS, core_docs};
use super::model::{self, CoreField, Own, SetBy};
use super::parse::{Field, Struct};
use crate::crate_path::CratePath;

/// The mistakes, and a user of the six fields that does nothing.
pub(super) fn expand(raw: &Struct, errors: &syn::Error) -> TokenStream {
    let errors = errors.to_compile_error();
    let c = model::crate_path(&raw.keys);
    let schema_module = schema_module::expand(raw, &c);
    // What is borrowed or counted by a constant can't be a user, not even a stub of one.
    if raw.generics.params.iter().any(|param| !matches!(param, GenericParam::Type(_))) {
        return quote!(#errors #schema_module);
    }
    let schemas = Schemas::of(raw);
    let stubs = stubs(raw, &schemas, &c);
    let user = user(raw, &schemas, &c);
    let rows = rows(raw, &c);
    quote!(#errors #stubs #user #rows #schema_module)
}

/// The schemas, as far as they can be read.
struct Schemas {
    read: Schema,
    create: Schema,
    update: Schema,
}

/// A schema: its name, the parameters that its own fields need, and those fields.
struct Schema {
    name: Ident,
    generics: Generics,
    fields: TokenStream,
}

impl Schemas {
    /// With the own fields that say that they are in them, so that code that uses those compiles.
    fn of(raw: &Struct) -> Self {
        let params = model::Params::unchecked(&raw.generics);
        let own =
            raw.fields().iter().filter_map(|field| Some((field, model::own_unchecked(field, &raw.keys)?)));
        let own = own.collect::<Vec<_>>();
        let schema = |suffix: &str, form: &dyn Fn(&Own) -> Option<Form>| {
            let fields = own.iter().filter_map(|(field, own)| Some((*field, form(own)?))).collect::<Vec<_>>();
            let fields_of = fields.iter().map(|(Field { vis, ident, ty, .. }, form)| match form {
                Form::Plain => quote!(#vis #ident: #ty,),
                Form::Optional => quote!(#vis #ident: ::core::option::Option<#ty>,),
            });
            Schema {
                name: model::schema(&raw.ident, suffix),
                generics: params.of(fields.iter().map(|(field, _)| &field.ty)),
                fields: fields_of.collect(),
            }
        };
        Self {
            read: schema("Read", &|own| own.read.then_some(Form::Plain)),
            create: schema("Create", &|own| {
                own.create.map(|by| match by {
                    SetBy::User => Form::Plain,
                    SetBy::Superuser => Form::Optional,
                })
            }),
            update: schema("Update", &|own| own.update.map(|_| Form::Optional)),
        }
    }
}

/// The form of an own field in a schema.
enum Form {
    Plain,
    Optional,
}

/// The id's type as far as it is known, so that what uses it means the same. The parameters of the schemas do not tell it.
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

fn stubs(raw: &Struct, schemas: &Schemas, c: &CratePath) -> TokenStream {
    let vis = &raw.vis;
    let Schemas { read, create, update } = schemas;
    let (read_name, create_name, update_name) = (&read.name, &create.name, &update.name);
    let [read_where, create_where, update_where] =
        [read, create, update].map(|schema| &schema.generics.where_clause);
    let (read_generics, create_generics, update_generics) =
        (&read.generics, &create.generics, &update.generics);
    let (own_read, own_create, own_update) = (&read.fields, &create.fields, &update.fields);
    let flags = [CoreField::IsActive, CoreField::IsSuperuser, CoreField::IsVerified]
        .map(|flag| (core_docs(flag), format_ident!("{}", flag.name())));
    let read_flags = flags.iter().map(|(docs, flag)| quote!(#docs pub #flag: bool,));
    let sent_flags = flags
        .iter()
        .map(|(docs, flag)| quote!(#docs pub #flag: ::core::option::Option<bool>,))
        .collect::<TokenStream>();
    let [id_docs, docs] = [CoreField::Id, CoreField::Email].map(core_docs);
    let id_ty = id_ty(raw);
    let documented = [read, create, update].map(|Schema { name, generics, .. }| {
        let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #impl_generics #c::openapi::utoipa::PartialSchema for #name #ty_generics #where_clause {
                fn schema() -> #c::openapi::schema::AnySchema { ::core::unreachable!() }
            }
            #[automatically_derived]
            impl #impl_generics #c::openapi::utoipa::ToSchema for #name #ty_generics #where_clause {}
        }
    });
    // By hand: a derive would ask more of the own fields' types than that they are there.
    let serialized = [read, update].map(|Schema { name, generics, .. }| {
        let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #impl_generics #c::__private::serde::Serialize for #name #ty_generics #where_clause {
                fn serialize<__S: #c::__private::serde::Serializer>(
                    &self,
                    _: __S,
                ) -> ::core::result::Result<__S::Ok, __S::Error> {
                    ::core::unreachable!()
                }
            }
        }
    });
    let (create_impl, create_ty, _) = create.generics.split_for_impl();
    let (update_impl, update_ty, _) = update.generics.split_for_impl();
    quote! {
        /// A stub: the user has mistakes.
        #[allow(dead_code, missing_debug_implementations, missing_docs)]
        #vis struct #read_name #read_generics #read_where {
            #id_docs
            pub id: #id_ty,
            #docs
            pub email: ::std::string::String,
            #(#read_flags)*
            #own_read
        }

        /// A stub: the user has mistakes.
        #[allow(dead_code, missing_debug_implementations, missing_docs)]
        #vis struct #create_name #create_generics #create_where {
            #docs
            pub email: #c::user::Email,
            /// The password.
            pub password: #c::secret::Password,
            #sent_flags
            #own_create
        }

        /// A stub: the user has mistakes.
        #[allow(dead_code, missing_debug_implementations, missing_docs)]
        #vis struct #update_name #update_generics #update_where {
            #docs
            pub email: ::core::option::Option<#c::user::Email>,
            /// The new password.
            pub password: ::core::option::Option<#c::secret::Password>,
            /// The password so far.
            pub current_password: ::core::option::Option<#c::secret::Password>,
            #sent_flags
            #own_update
        }

        #(#serialized)*

        #[automatically_derived]
        impl #update_impl ::core::default::Default for #update_name #update_ty #update_where {
            fn default() -> Self { ::core::unreachable!() }
        }

        #[automatically_derived]
        impl #create_impl #c::user::Schema for #create_name #create_ty #create_where {
            fn parse(_: &mut #c::user::Fields) -> ::core::option::Option<Self> { ::core::unreachable!() }
        }

        #[automatically_derived]
        impl #create_impl #c::user::CreateSchema for #create_name #create_ty #create_where {
            fn email(&self) -> &#c::user::Email { ::core::unreachable!() }
            fn password(&self) -> &#c::secret::Password { ::core::unreachable!() }
            fn flags(&self) -> #c::user::Flags { ::core::unreachable!() }
            fn restrict(self) -> Self { ::core::unreachable!() }
        }

        #[automatically_derived]
        impl #update_impl #c::user::Schema for #update_name #update_ty #update_where {
            fn parse(_: &mut #c::user::Fields) -> ::core::option::Option<Self> { ::core::unreachable!() }
        }

        #c::__openapi! { #(#documented)* }

        #[automatically_derived]
        impl #update_impl #c::user::UpdateSchema for #update_name #update_ty #update_where {
            fn email(&self) -> ::core::option::Option<&#c::user::Email> { ::core::unreachable!() }
            fn take_passwords(&mut self) -> #c::user::Passwords { ::core::unreachable!() }
            fn flags(&self) -> #c::user::Flags { ::core::unreachable!() }
            fn restrict(self) -> Self { ::core::unreachable!() }
        }
    }
}

fn user(raw: &Struct, schemas: &Schemas, c: &CratePath) -> TokenStream {
    let ident = &raw.ident;
    let id_ty = id_ty(raw);
    let [read, create, update] = [&schemas.read, &schemas.create, &schemas.update].map(|schema| {
        let (_, ty_generics, _) = schema.generics.split_for_impl();
        let name = &schema.name;
        quote!(#name #ty_generics)
    });
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
                    fn id_from_row<'row, __R>(_: &mut #c::store::diesel::Cells<'_, __R, #db>) -> #diesel::deserialize::Result<#id_ty>
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
                #[automatically_derived]
                impl #impl_generics #c::store::diesel::TableIn<#db> for #ident #ty_generics #where_clause {}
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
