//! `UserRead`: what an answer shows of a user.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::model::{CoreField, User};
use super::doc_comments::{core_docs, docs};

pub(super) fn expand(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let serde = c.serde();
    let vis = &user.vis;
    let name = user.schema("Read");
    let id_ty = &user.core.id_ty;
    let [id_docs, email_docs, active_docs, superuser_docs, verified_docs] =
        [CoreField::Id, CoreField::Email, CoreField::IsActive, CoreField::IsSuperuser, CoreField::IsVerified]
            .map(core_docs);
    let own = user.own_fields().filter(|(_, own)| own.read).map(|(field, own)| {
        let docs = docs(user, field);
        let (vis, ident, ty) = (&field.vis, &field.ident, &field.ty);
        let serde = &own.serde_attributes;
        let serde = if field.is_right { quote!(#(#serde)*) } else { quote!(#[serde(skip)]) };
        quote! {
            #docs
            #serde
            #vis #ident: #ty,
        }
    });
    let generics = generics(user);
    let where_clause = &generics.where_clause;
    let title = format!(" What an answer shows of a `{}`.", user.ident);
    quote! {
        #[doc = #title]
        #[derive(#c::__private::serde::Serialize)]
        #[serde(crate = #serde)]
        #[allow(missing_debug_implementations)]
        #vis struct #name #generics #where_clause {
            #id_docs
            pub id: #id_ty,
            #email_docs
            pub email: ::std::string::String,
            #active_docs
            pub is_active: bool,
            #superuser_docs
            pub is_superuser: bool,
            #verified_docs
            pub is_verified: bool,
            #(#own)*
        }
    }
}

/// The parameters of this schema.
pub(super) fn generics(user: &User) -> syn::Generics {
    let own = user.own_fields().filter(|(_, own)| own.read).map(|(field, _)| &field.ty);
    user.params.of(own.chain([&user.core.id_ty]))
}
