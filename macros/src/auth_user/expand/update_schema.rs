//! `UserUpdate`: what a change sends.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::model::{CoreField, Field, Own, SetBy, User};
use super::doc_comments::{core_docs, docs};
use super::{garde, parsing};

pub(super) fn expand(user: &User) -> TokenStream {
    let item = item(user);
    let default = default(user);
    let schema = schema(user);
    let update = update(user);
    quote!(#item #default #schema #update)
}

fn item(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let serde = c.serde();
    let vis = &user.vis;
    let name = user.schema("Update");
    let generics = generics(user);
    let where_clause = &generics.where_clause;
    let title = format!(" What a change of a `{}` sends. What is `None` stays as it is.", user.ident);
    let email_docs = core_docs(CoreField::Email);
    let [active_docs, superuser_docs, verified_docs] =
        [CoreField::IsActive, CoreField::IsSuperuser, CoreField::IsVerified].map(core_docs);
    let validate = user.uses_garde().then(|| quote!(, ::garde::Validate));
    let skip = garde::skip(user);
    let unless_none = quote!(#[serde(skip_serializing_if = "::core::option::Option::is_none")]);
    let own = user.update_fields().map(|(field, own, _)| {
        let docs = docs(user, field);
        let serde = serde_attribute(field, own);
        let garde = garde::rules_in_option(user, field, own);
        let (vis, ident, ty) = (&field.vis, &field.ident, &field.ty);
        quote! {
            #docs
            #serde
            #garde
            #vis #ident: ::core::option::Option<#ty>,
        }
    });
    quote! {
        #[doc = #title]
        #[derive(#c::__private::serde::Serialize #validate)]
        #[serde(crate = #serde)]
        #[allow(missing_debug_implementations)]
        #vis struct #name #generics #where_clause {
            #email_docs
            #unless_none
            #skip
            pub email: ::core::option::Option<#c::user::Email>,
            /// The new password. It is never written.
            #[serde(skip)]
            #skip
            pub password: ::core::option::Option<#c::secret::Password>,
            /// The password so far. It is never written.
            #[serde(skip)]
            #skip
            pub current_password: ::core::option::Option<#c::secret::Password>,
            #active_docs
            #unless_none
            #skip
            pub is_active: ::core::option::Option<bool>,
            #superuser_docs
            #unless_none
            #skip
            pub is_superuser: ::core::option::Option<bool>,
            #verified_docs
            #unless_none
            #skip
            pub is_verified: ::core::option::Option<bool>,
            #(#own)*
        }
    }
}

/// How serde writes an own field. One that is written by hand is left out: its function takes no `Option`.
fn serde_attribute(field: &Field, own: &Own) -> TokenStream {
    if own.serde.is_written_by_hand || !field.is_right {
        return quote!(#[serde(skip)]);
    }
    let rename = own.serde.written_as.as_ref().map(|name| quote!(rename = #name,));
    quote!(#[serde(#rename skip_serializing_if = "::core::option::Option::is_none")])
}

/// By hand: a derive would ask for `Default` of every type parameter.
fn default(user: &User) -> TokenStream {
    let name = user.schema("Update");
    let generics = generics(user);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let own = user.update_fields().map(|(field, ..)| &field.ident);
    quote! {
        #[automatically_derived]
        impl #impl_generics ::core::default::Default for #name #ty_generics #where_clause {
            fn default() -> Self {
                Self {
                    email: ::core::option::Option::None,
                    password: ::core::option::Option::None,
                    current_password: ::core::option::Option::None,
                    is_active: ::core::option::Option::None,
                    is_superuser: ::core::option::Option::None,
                    is_verified: ::core::option::Option::None,
                    #(#own: ::core::option::Option::None,)*
                }
            }
        }
    }
}

fn schema(user: &User) -> TokenStream {
    let mut reads = parsing::Reads::new(user, "Update");
    reads.field("email", "optional_email");
    reads.field("password", "nullable");
    reads.field("current_password", "nullable");
    reads.field("is_active", "optional");
    reads.field("is_superuser", "optional");
    reads.field("is_verified", "optional");
    for (field, own, _) in user.update_fields() {
        reads.updated(field, own);
    }
    reads.into_impl(&generics(user))
}

fn update(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let name = user.schema("Update");
    let generics = generics(user);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let restricted =
        user.update_fields().filter(|(_, _, by)| *by == SetBy::Superuser).map(|(field, ..)| &field.ident);
    quote! {
        #[automatically_derived]
        impl #impl_generics #c::user::UpdateSchema for #name #ty_generics #where_clause {
            fn email(&self) -> ::core::option::Option<&#c::user::Email> {
                self.email.as_ref()
            }

            fn take_passwords(&mut self) -> #c::user::Passwords {
                #c::user::Passwords { new: self.password.take(), current: self.current_password.take() }
            }

            fn flags(&self) -> #c::user::Flags {
                #c::user::Flags {
                    is_active: self.is_active,
                    is_superuser: self.is_superuser,
                    is_verified: self.is_verified,
                }
            }

            fn restrict(self) -> Self {
                Self {
                    is_active: ::core::option::Option::None,
                    is_superuser: ::core::option::Option::None,
                    is_verified: ::core::option::Option::None,
                    #(#restricted: ::core::option::Option::None,)*
                    ..self
                }
            }
        }
    }
}

/// The parameters of this schema.
pub(super) fn generics(user: &User) -> syn::Generics {
    user.params.of(user.update_fields().map(|(field, ..)| &field.ty))
}
