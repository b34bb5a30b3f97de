//! `impl AuthUser`: what the runtime asks of a user.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::super::model::{CoreField, Default, Field, Own, Role, SetBy, User};
use super::mistake::mistake;
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
    let id_ty = &user.core.id_ty;
    let [id, is_active, is_superuser, is_verified] =
        [CoreField::Id, CoreField::IsActive, CoreField::IsSuperuser, CoreField::IsVerified]
            .map(|core| of_core(user, core, |place| quote!(#place)));
    let [email, hashed_password] = [CoreField::Email, CoreField::HashedPassword]
        .map(|core| of_core(user, core, |place| quote!(&#place)));
    let set_id = user.core.ident(CoreField::Id).map(|id| quote!(self.#id = __id;));
    let create_fn = create_fn(user);
    let apply_fn = apply_fn(user);
    let read_fn = read_fn(user);
    let shows_oauth_accounts = user.shows_oauth_accounts.then(|| {
        quote!(
            const SHOWS_OAUTH_ACCOUNTS: bool = true;
        )
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics #c::user::AuthUser for #ident #ty_generics #where_clause {
            type Id = #id_ty;
            type Read = #read #of_read;
            type Create = #create #of_create;
            type Update = #update #of_update;
            #shows_oauth_accounts

            fn id(&self) -> #id_ty {
                #id
            }

            fn email(&self) -> &str {
                #email
            }

            fn hashed_password(&self) -> &#c::secret::HashedPassword {
                #hashed_password
            }

            fn is_active(&self) -> bool {
                #is_active
            }

            fn is_superuser(&self) -> bool {
                #is_superuser
            }

            fn is_verified(&self) -> bool {
                #is_verified
            }

            #create_fn

            fn set_id(&mut self, __id: #id_ty) {
                #set_id
            }

            #apply_fn

            #read_fn
        }
    }
}

/// What becomes of one of the six fields: of its place, unless it has a mistake.
fn of_core(user: &User, core: CoreField, value: impl FnOnce(TokenStream) -> TokenStream) -> TokenStream {
    user.core.ident(core).map_or_else(|| mistake(user), |ident| value(quote!(self.#ident)))
}

fn create_fn(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let mistake = mistake(user);
    let values = user.fields.iter().map(|field| {
        let ident = &field.ident;
        let value = match &field.role {
            _ if !field.is_right => mistake.clone(),
            Role::Core(CoreField::Id) => {
                let ty = &field.ty;
                quote! {
                    <#ty as #c::user::UserId>::generate().unwrap_or_else(<#ty as #c::user::UserId>::placeholder)
                }
            }
            Role::Core(CoreField::Email) => quote!(::std::string::ToString::to_string(&__create.email)),
            Role::Core(CoreField::HashedPassword) => quote!(__hashed_password),
            Role::Core(CoreField::IsActive) => quote!(__create.is_active.unwrap_or(true)),
            Role::Core(CoreField::IsSuperuser) => quote!(__create.is_superuser.unwrap_or(false)),
            Role::Core(CoreField::IsVerified) => quote!(__create.is_verified.unwrap_or(false)),
            Role::Own(own) => own_value(field, own),
        };
        quote!(#ident: #value)
    });
    let user = if user.has_fields { quote!(Self { #(#values,)* }) } else { mistake.clone() };
    quote! {
        fn from_create(__create: Self::Create, __hashed_password: #c::secret::HashedPassword) -> Self {
            #user
        }
    }
}

/// What was sent for an own field, or its default.
fn own_value(field: &Field, own: &Own) -> TokenStream {
    let ident = &field.ident;
    match own.create {
        Some(SetBy::User) => quote!(__create.#ident),
        Some(SetBy::Superuser) => {
            let default = match &own.default {
                None | Some(Default::OfType) => parsing::ty_default(&field.ty),
                Some(Default::Expr(expr)) => {
                    let value = parsing::default_value(expr, &field.ty);
                    quote!(|| #value)
                }
                Some(Default::Function(path)) => quote!(#path),
            };
            quote!(__create.#ident.unwrap_or_else(#default))
        }
        None => match &own.default {
            None | Some(Default::OfType) => {
                let default = parsing::ty_default(&field.ty);
                quote!(#default())
            }
            Some(Default::Expr(expr)) => parsing::default_value(expr, &field.ty),
            Some(Default::Function(path)) => quote!(#path()),
        },
    }
}

fn apply_fn(user: &User) -> TokenStream {
    let c = &user.crate_path;
    let email = user.core.ident(CoreField::Email).map(|email| {
        quote! {
            if let ::core::option::Option::Some(__email) = __changes.email {
                self.#email = ::std::string::ToString::to_string(__email);
            }
        }
    });
    let hashed_password = user.core.ident(CoreField::HashedPassword).map(|hashed_password| {
        quote! {
            if let ::core::option::Option::Some(__hashed_password) = __changes.hashed_password {
                self.#hashed_password = ::core::clone::Clone::clone(__hashed_password);
            }
        }
    });
    let flags = [CoreField::IsActive, CoreField::IsSuperuser, CoreField::IsVerified].map(|core| {
        let (ident, flag) = (user.core.ident(core)?, format_ident!("{}", core.name()));
        Some(quote! {
            if let ::core::option::Option::Some(__flag) = __changes.flags.#flag {
                self.#ident = __flag;
            }
        })
    });
    let update_fields = || user.update_fields().filter(|(field, ..)| field.is_right);
    let own = update_fields().map(|(field, ..)| {
        let ident = &field.ident;
        quote! {
            if let ::core::option::Option::Some(__value) = &__own.#ident {
                self.#ident = ::core::clone::Clone::clone(__value);
            }
        }
    });
    let own = update_fields().next().map(|_| {
        quote! {
            if let ::core::option::Option::Some(__own) = __changes.own {
                #(#own)*
            }
        }
    });
    quote! {
        fn apply(&mut self, __changes: &#c::user::UserChanges<'_, Self>) {
            #email
            #hashed_password
            #(#flags)*
            #own
        }
    }
}

fn read_fn(user: &User) -> TokenStream {
    let name = user.schema("Read");
    let [id, is_active, is_superuser, is_verified] =
        [CoreField::Id, CoreField::IsActive, CoreField::IsSuperuser, CoreField::IsVerified]
            .map(|core| of_core(user, core, |place| quote!(#place)));
    let email = of_core(user, CoreField::Email, |place| quote!(::core::clone::Clone::clone(&#place)));
    let own = user.own_fields().filter(|(_, own)| own.read).map(|(field, _)| {
        let ident = &field.ident;
        let value =
            if field.is_right { quote!(::core::clone::Clone::clone(&self.#ident)) } else { mistake(user) };
        quote!(#ident: #value)
    });
    quote! {
        fn read(&self) -> Self::Read {
            #name {
                id: #id,
                email: #email,
                is_active: #is_active,
                is_superuser: #is_superuser,
                is_verified: #is_verified,
                #(#own,)*
            }
        }
    }
}
