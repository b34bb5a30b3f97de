//! `impl AuthUser`: what the runtime asks of a user.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::super::model::{Core, CoreField, Default, Field, Own, Role, SetBy, User};
use super::{create_schema, parsing, read_schema, update_schema};

pub(super) fn expand(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let ident = &user.ident;
    let (impl_generics, ty_generics, where_clause) = user.params.all().split_for_impl();
    let [read, create, update] = ["Read", "Create", "Update"].map(|suffix| user.schema(suffix));
    let [read_generics, create_generics, update_generics] =
        [read_schema::generics(user), create_schema::generics(user), update_schema::generics(user)];
    let [(_, of_read, _), (_, of_create, _), (_, of_update, _)] =
        [read_generics.split_for_impl(), create_generics.split_for_impl(), update_generics.split_for_impl()];
    let Core { id, id_ty, email, hashed_password, is_active, is_superuser, is_verified } = &user.core;
    let create_fn = create_fn(user);
    let apply_fn = apply_fn(user);
    let read_fn = read_fn(user);
    let site = Span::mixed_site();
    quote_spanned! {site=>
        #[automatically_derived]
        impl #impl_generics #c::user::AuthUser for #ident #ty_generics #where_clause {
            type Id = #id_ty;
            type Read = #read #of_read;
            type Create = #create #of_create;
            type Update = #update #of_update;

            fn id(&self) -> #id_ty {
                self.#id
            }

            fn email(&self) -> &str {
                &self.#email
            }

            fn hashed_password(&self) -> &#c::secret::HashedPassword {
                &self.#hashed_password
            }

            fn is_active(&self) -> bool {
                self.#is_active
            }

            fn is_superuser(&self) -> bool {
                self.#is_superuser
            }

            fn is_verified(&self) -> bool {
                self.#is_verified
            }

            #create_fn

            fn set_id(&mut self, id: #id_ty) {
                self.#id = id;
            }

            #apply_fn

            #read_fn
        }
    }
}

fn create_fn(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let site = Span::mixed_site();
    let create = quote_spanned!(site=> create);
    let hashed_password = quote_spanned!(site=> hashed_password);
    let values = user.fields.iter().map(|field| {
        let ident = &field.ident;
        let value = match &field.role {
            Role::Core(CoreField::Id) => {
                let ty = &field.ty;
                quote! {
                    <#ty as #c::user::UserId>::generate().unwrap_or_else(<#ty as #c::user::UserId>::placeholder)
                }
            }
            Role::Core(CoreField::Email) => quote!(::std::string::ToString::to_string(&#create.email)),
            Role::Core(CoreField::HashedPassword) => hashed_password.clone(),
            Role::Core(CoreField::IsActive) => quote!(#create.is_active.unwrap_or(true)),
            Role::Core(CoreField::IsSuperuser) => quote!(#create.is_superuser.unwrap_or(false)),
            Role::Core(CoreField::IsVerified) => quote!(#create.is_verified.unwrap_or(false)),
            Role::Own(own) => own_value(&create, field, own),
        };
        quote!(#ident: #value)
    });
    quote! {
        fn create(#create: Self::Create, #hashed_password: #c::secret::HashedPassword) -> Self {
            Self {
                #(#values,)*
            }
        }
    }
}

/// What was sent for an own field, or its default.
fn own_value(create: &TokenStream, field: &Field, own: &Own) -> TokenStream {
    let ident = &field.ident;
    match own.create {
        Some(SetBy::User) => quote!(#create.#ident),
        Some(SetBy::Superuser) => {
            let default = match &own.default {
                None | Some(Default::OfType) => parsing::ty_default(&field.ty),
                Some(Default::Expr(expr)) => quote!(|| #expr),
                Some(Default::Function(path)) => quote!(#path),
            };
            quote!(#create.#ident.unwrap_or_else(#default))
        }
        None => match &own.default {
            None | Some(Default::OfType) => {
                let default = parsing::ty_default(&field.ty);
                quote!(#default())
            }
            Some(Default::Expr(expr)) => quote!(#expr),
            Some(Default::Function(path)) => quote!(#path()),
        },
    }
}

fn apply_fn(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let Core { email, hashed_password, .. } = &user.core;
    let site = Span::mixed_site();
    let flags = [
        (CoreField::IsActive, &user.core.is_active),
        (CoreField::IsSuperuser, &user.core.is_superuser),
        (CoreField::IsVerified, &user.core.is_verified),
    ]
    .map(|(core, ident)| {
        let flag = proc_macro2::Ident::new(core.name(), site);
        quote_spanned! {site=>
            if let ::core::option::Option::Some(#flag) = changes.flags.#flag {
                self.#ident = #flag;
            }
        }
    });
    let own = user.update_fields().map(|(field, ..)| {
        let ident = &field.ident;
        quote_spanned! {site=>
            if let ::core::option::Option::Some(value) = &own.#ident {
                self.#ident = ::core::clone::Clone::clone(value);
            }
        }
    });
    let own = user.update_fields().next().map(|_| {
        quote_spanned! {site=>
            if let ::core::option::Option::Some(own) = changes.own {
                #(#own)*
            }
        }
    });
    quote_spanned! {site=>
        fn apply(&mut self, changes: &#c::user::UserChanges<'_, Self>) {
            if let ::core::option::Option::Some(email) = changes.email {
                self.#email = ::std::string::ToString::to_string(email);
            }
            if let ::core::option::Option::Some(hashed_password) = changes.hashed_password {
                self.#hashed_password = ::core::clone::Clone::clone(hashed_password);
            }
            #(#flags)*
            #own
        }
    }
}

fn read_fn(user: &User) -> TokenStream {
    let name = user.schema("Read");
    let Core { id, email, is_active, is_superuser, is_verified, .. } = &user.core;
    let own = user.own_fields().filter(|(_, own)| own.read).map(|(field, _)| &field.ident);
    let site = Span::mixed_site();
    quote_spanned! {site=>
        fn read(&self) -> Self::Read {
            #name {
                id: self.#id,
                email: ::core::clone::Clone::clone(&self.#email),
                is_active: self.#is_active,
                is_superuser: self.#is_superuser,
                is_verified: self.#is_verified,
                #(#own: ::core::clone::Clone::clone(&self.#own),)*
            }
        }
    }
}
