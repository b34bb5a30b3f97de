//! The types of an app: its own, its configuration, and what they are made of.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;

use super::keys::SECRETS;
use super::model::App;
use super::names::{config_ident, constant_ident};
use crate::crate_path::CratePath;

pub(super) fn expand(app: &App) -> TokenStream {
    // rustc reports mistakes in this order: that a type is no user comes before what follows from it.
    [app_struct(app), app_impl(app), config_struct(app), config_impl(app)].into_iter().collect()
}

fn app_struct(App { crate_path: c, attributes, vis, ident, .. }: &App) -> TokenStream {
    quote! {
        #(#attributes)*
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #vis struct #ident(#c::app::Handle<#ident>);
    }
}

fn config_struct(app: &App) -> TokenStream {
    let App { crate_path: c, vis, ident, user, database, .. } = app;
    let config = config_ident(ident);
    let config_docs = format!(" What `{ident}` starts with.");
    let secrets = secrets(c);
    let [redis, oauth] = [redis_field(app), oauth_fields(app)];
    // Where rustc points when a type is not what it must be.
    let database = &database.ty;
    let site = Span::call_site().located_at(database.span());
    let database = quote_spanned!(site=> <#database as #c::store::Database<#user>>::Config);
    quote! {
        #[doc = #config_docs]
        #[allow(missing_debug_implementations)]
        #vis struct #config {
            /// Where the users lie.
            pub database: #database,
            #redis
            #secrets
            #oauth
        }
    }
}

/// Without the feature `redis`, which has been reported, the field is there all the same.
fn redis_field(App { crate_path: c, redis, features, .. }: &App) -> Option<TokenStream> {
    let site = Span::call_site().located_at(redis.as_ref()?.key.span());
    let ty = if features.redis { quote!(redis::RedisAddress) } else { quote!(__private::Absent) };
    let ty = quote_spanned!(site=> #c::#ty);
    Some(quote! {
        /// Where Redis is.
        pub redis: #ty,
    })
}

/// Without the feature `oauth`, which has been reported, the fields are there all the same.
fn oauth_fields(App { crate_path: c, oauth, features, .. }: &App) -> Option<TokenStream> {
    let oauth = oauth.as_ref()?;
    let site = Span::call_site().located_at(oauth.key.span());
    let [config, keys] = if features.oauth {
        [quote!(oauth::OAuthConfig), quote!(oauth::OAuthCredentials)]
    } else {
        [(), ()].map(|()| quote!(__private::Absent))
    };
    let config = quote_spanned!(site=> #c::#config);
    let keys = oauth.clients.iter().map(|client| {
        let name = &client.name;
        let docs = format!(" The app's own keys at `{name}`.");
        quote! {
            #[doc = #docs]
            pub #name: #c::#keys,
        }
    });
    Some(quote! {
        /// The settings of social logins.
        pub oauth: #config,
        #(#keys)*
    })
}

/// The type of the app's database, with the Redis beside it.
fn database_ty(App { crate_path: c, database, redis, features, .. }: &App) -> TokenStream {
    let ty = &database.ty;
    if features.redis && redis.is_some() { quote!(#c::store::WithRedis<#ty>) } else { quote!(#ty) }
}

fn app_impl(app: &App) -> TokenStream {
    let App { crate_path: c, ident, user, .. } = app;
    let database = database_ty(app);
    let name = ident.unraw().to_string();
    quote! {
        #[automatically_derived]
        impl #c::app::AuthApp for #ident {
            const NAME: &'static ::core::primitive::str = #name;
            type User = #user;
            type Database = #database;

            fn handle(&self) -> &#c::app::Handle<Self> {
                &self.0
            }

            fn from_handle(handle: #c::app::Handle<Self>) -> Self {
                Self(handle)
            }
        }
    }
}

fn config_impl(app: &App) -> TokenStream {
    let App { crate_path: c, ident, redis, oauth, features, .. } = app;
    let config = config_ident(ident);
    let database = if features.redis && redis.is_some() {
        quote!((config.database, config.redis))
    } else {
        quote!(config.database)
    };
    let secrets = SECRETS.map(|(name, _)| format_ident!("{name}"));
    let oauth = oauth.as_ref().filter(|_| features.oauth).map(|oauth| {
        let keys = oauth.clients.iter().map(|client| {
            let (name, constant) = (&client.name, constant_ident(&client.name));
            quote!(.with_credentials(#ident::#constant, config.#name))
        });
        quote!(.with_oauth(config.oauth) #(#keys)*)
    });
    quote! {
        #[automatically_derived]
        impl ::core::convert::From<#config> for #c::app::Config<#ident> {
            fn from(config: #config) -> Self {
                let secrets = #c::app::AppSecrets { #(#secrets: config.#secrets),* };
                Self::new(#database, secrets) #oauth
            }
        }
    }
}

/// The secrets that every app has, as fields.
fn secrets(c: &CratePath) -> TokenStream {
    let fields = SECRETS.map(|(name, docs)| {
        let name = format_ident!("{name}");
        quote! {
            #[doc = #docs]
            pub #name: #c::secret::Secrets,
        }
    });
    quote!(#(#fields)*)
}
