//! `User::create`: a registration by the app's own code, with the required fields as arguments.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt as _;

use super::super::model::{Field, Own, SetBy, User};
use super::doc_comments::docs;
use super::parsing::{is_named, is_option, value_or_none};

pub(super) fn expand(user: &User) -> TokenStream {
    let schema = schema(user);
    let of_user = user.params.all().params.is_empty().then(|| of_user(user));
    let superuser = required(user).next().is_none().then(|| superuser(user));
    quote!(#schema #of_user #superuser)
}

/// The fields that every registration must have, beside email and password.
fn required(user: &User) -> impl Iterator<Item = &Field> {
    user.create_fields().filter(|(field, own, by)| is_required(field, own, *by)).map(|(field, ..)| field)
}

fn is_required(field: &Field, own: &Own, by: SetBy) -> bool {
    matches!(by, SetBy::User) && own.default.is_none() && !is_option(&field.ty)
}

/// The name of an argument. The bare name of a field could be one of Diesel's columns, which no argument can be called.
fn argument(field: &Ident) -> Ident {
    format_ident!("__{}", field)
}

/// The argument for a field. Text may be a `&str`, and an option its value.
fn parameter(field: &Field) -> TokenStream {
    let (name, ty) = (argument(&field.ident), &field.ty);
    if is_converted(field) { quote!(#name: impl ::core::convert::Into<#ty>) } else { quote!(#name: #ty) }
}

/// The value of that argument.
fn value(field: &Field) -> TokenStream {
    let name = argument(&field.ident);
    if is_converted(field) { quote!(::core::convert::Into::into(#name)) } else { quote!(#name) }
}

fn is_converted(field: &Field) -> bool {
    is_named(&field.ty, "String") || is_option(&field.ty)
}

/// `UserCreate::new`, and a method for each field that has a default.
fn schema(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let (vis, name) = (&user.vis, user.schema("Create"));
    let generics = super::create_schema::generics(user);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let arguments = required(user).map(parameter);
    let own = user.create_fields().map(|(field, own, by)| {
        let ident = &field.ident;
        if is_required(field, own, by) {
            let value = value(field);
            return quote!(#ident: #value);
        }
        let value = value_or_none(own.default.as_ref().filter(|_| matches!(by, SetBy::User)), &field.ty);
        quote!(#ident: #value)
    });
    let is_own = |method: &str| user.create_fields().any(|(field, ..)| field.ident.unraw() == method);
    let flags = [
        ("superuser", "is_superuser", true, " Makes the user a superuser."),
        ("verified", "is_verified", true, " Marks the email as verified."),
        ("inactive", "is_active", false, " Keeps the user from logging in."),
    ];
    let flags =
        flags.into_iter().filter(|(method, ..)| !is_own(method)).map(|(method, flag, value, docs)| {
            let (method, flag) = (format_ident!("{method}"), format_ident!("{flag}"));
            quote! {
                #[doc = #docs]
                #[must_use]
                #vis fn #method(mut self) -> Self {
                    self.#flag = ::core::option::Option::Some(#value);
                    self
                }
            }
        });
    let setters = user
        .create_fields()
        .filter(|(field, own, by)| !is_required(field, own, *by))
        .filter(|(field, ..)| field.ident.unraw() != "new")
        .map(|(field, _, by)| setter(user, field, by));
    quote! {
        #[allow(dead_code, non_snake_case, clippy::too_many_arguments)]
        impl #impl_generics #name #ty_generics #where_clause {
            /// A registration with the fields that have no default. Methods set the others.
            #vis fn new(
                __email: #c::user::Email,
                __password: impl ::core::convert::Into<#c::secret::Password>,
                #(#arguments,)*
            ) -> Self {
                Self {
                    email: __email,
                    password: ::core::convert::Into::into(__password),
                    is_active: ::core::option::Option::None,
                    is_superuser: ::core::option::Option::None,
                    is_verified: ::core::option::Option::None,
                    #(#own,)*
                }
            }

            #(#flags)*
            #(#setters)*
        }
    }
}

/// The method that sets a field.
fn setter(user: &User, field: &Field, by: SetBy) -> TokenStream {
    let docs = docs(user, field);
    let (vis, ident) = (&field.vis, &field.ident);
    let (parameter, value) = (parameter(field), value(field));
    let value = match by {
        SetBy::User => value,
        SetBy::Superuser => quote!(::core::option::Option::Some(#value)),
    };
    quote! {
        #docs
        #[must_use]
        #vis fn #ident(mut self, #parameter) -> Self {
            self.#ident = #value;
            self
        }
    }
}

/// `User::create`.
fn of_user(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let (vis, ident, schema) = (&user.vis, &user.ident, user.schema("Create"));
    let arguments = required(user).map(parameter);
    let names = required(user).map(|field| argument(&field.ident));
    quote! {
        #[allow(dead_code, non_snake_case, clippy::too_many_arguments)]
        impl #ident {
            /// A registration with the fields that have no default. Methods set the others.
            #vis fn create(
                __email: #c::user::Email,
                __password: impl ::core::convert::Into<#c::secret::Password>,
                #(#arguments,)*
            ) -> #schema {
                <#schema>::new(__email, __password, #(#names,)*)
            }
        }
    }
}

/// For a user whose own fields all have a default.
fn superuser(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let name = user.schema("Create");
    let generics = super::create_schema::generics(user);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #c::user::FromCredentials for #name #ty_generics #where_clause {
            fn superuser(__email: #c::user::Email, __password: #c::secret::Password) -> Self {
                Self {
                    is_superuser: ::core::option::Option::Some(true),
                    is_verified: ::core::option::Option::Some(true),
                    ..Self::new(__email, __password)
                }
            }
        }
    }
}
