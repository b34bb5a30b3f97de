//! `UserCreate`: what a registration sends.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::model::{CoreField, SetBy, User};
use super::doc_comments::{core_docs, docs};
use super::{garde, parsing};

pub(super) fn expand(user: &User) -> TokenStream {
    let item = item(user);
    let schema = schema(user);
    let create = create(user);
    quote!(#item #schema #create)
}

fn item(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let vis = &user.vis;
    let name = user.schema("Create");
    let generics = generics(user);
    let where_clause = &generics.where_clause;
    let title = format!(" What a registration of a `{}` sends.", user.ident);
    let email_docs = core_docs(CoreField::Email);
    let [active_docs, superuser_docs, verified_docs] =
        [CoreField::IsActive, CoreField::IsSuperuser, CoreField::IsVerified].map(core_docs);
    let derive = user.uses_garde().then(|| quote!(#[derive(::garde::Validate)]));
    let skip = garde::skip(user);
    let own = user.create_fields().map(|(field, own, by)| {
        let docs = docs(user, field);
        let (vis, ident, ty) = (&field.vis, &field.ident, &field.ty);
        let (ty, garde) = match by {
            SetBy::User => (quote!(#ty), garde::rules(user, field, own)),
            SetBy::Superuser => {
                (quote!(::core::option::Option<#ty>), garde::rules_in_option(user, field, own))
            }
        };
        quote! {
            #docs
            #garde
            #vis #ident: #ty,
        }
    });
    quote! {
        #[doc = #title]
        #derive
        #[allow(missing_debug_implementations)]
        #vis struct #name #generics #where_clause {
            #email_docs
            #skip
            pub email: #c::user::Email,
            /// The password.
            #skip
            pub password: #c::secret::Password,
            #active_docs
            #skip
            pub is_active: ::core::option::Option<bool>,
            #superuser_docs
            #skip
            pub is_superuser: ::core::option::Option<bool>,
            #verified_docs
            #skip
            pub is_verified: ::core::option::Option<bool>,
            #(#own)*
        }
    }
}

fn schema(user: &User) -> TokenStream {
    let mut reads = parsing::Reads::new(user, "Create");
    reads.field("email", "email");
    reads.field("password", "required");
    reads.field("is_active", "nullable");
    reads.field("is_superuser", "nullable");
    reads.field("is_verified", "nullable");
    for (field, own, by) in user.create_fields() {
        reads.created(field, own, by);
    }
    reads.into_impl(&generics(user))
}

fn create(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let name = user.schema("Create");
    let generics = generics(user);
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let restricted =
        user.create_fields().filter(|(_, _, by)| *by == SetBy::Superuser).map(|(field, ..)| &field.ident);
    quote! {
        #[automatically_derived]
        impl #impl_generics #c::user::CreateSchema for #name #ty_generics #where_clause {
            fn email(&self) -> &#c::user::Email {
                &self.email
            }

            fn password(&self) -> &#c::secret::Password {
                &self.password
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
    user.params.of(user.create_fields().map(|(field, ..)| &field.ty))
}
