//! Checks of the types of the six fields, whose errors point at the user's own types.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::super::model::{CoreField, Role, User};

pub(super) fn expand(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let (impl_generics, _, where_clause) = user.params.all().split_for_impl();
    let checks = user.fields.iter().filter(|field| field.is_right).filter_map(|field| {
        let check = match field.role {
            Role::Core(CoreField::Email) => quote!(email),
            Role::Core(CoreField::HashedPassword) => quote!(hashed_password),
            Role::Core(CoreField::IsActive | CoreField::IsSuperuser | CoreField::IsVerified) => quote!(flag),
            // The associated type of `AuthUser` checks the id.
            Role::Core(CoreField::Id) | Role::Own(_) => return None,
        };
        let ty = &field.ty;
        Some(quote_spanned!(ty.span()=> #check::<#ty>();))
    });
    quote! {
        #[allow(dead_code)]
        const _: () = {
            fn email<__T: #c::__private::EmailField>() {}
            fn hashed_password<__T: #c::__private::HashedPasswordField>() {}
            fn flag<__T: #c::__private::FlagField>() {}

            fn fields #impl_generics () #where_clause {
                #(#checks)*
            }
        };
    }
}
