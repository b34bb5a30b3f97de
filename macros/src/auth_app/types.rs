//! The types of an app: its own, its configuration, and what they are made of.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, Type, Visibility};

use super::keys::SECRETS;
use super::names::{config_ident, constant_ident};
use crate::crate_path::CratePath;

/// What is known of an app's types, whether or not the rest of it is right.
pub(super) struct Types<'a> {
    pub(super) crate_path: &'a CratePath,
    pub(super) attributes: &'a [Attribute],
    pub(super) vis: &'a Visibility,
    pub(super) ident: &'a Ident,
    pub(super) user: &'a Type,
    pub(super) database: &'a Type,
    pub(super) redis: Option<&'a Expr>,
    /// The word `oauth`, and the names of the clients behind it.
    pub(super) oauth: Option<(&'a Ident, Vec<&'a Ident>)>,
}

impl Types<'_> {
    pub(super) fn expand(&self) -> TokenStream {
        let structs = self.structs();
        let app = self.app();
        let config = self.config();
        quote!(#structs #app #config)
    }

    fn structs(&self) -> TokenStream {
        let Self { crate_path: c, attributes, vis, ident, user, database, .. } = self;
        let config = config_ident(ident);
        let config_docs = format!(" What `{ident}` starts with.");
        let secrets = secrets(c);
        let redis = self.redis.map(|redis| {
            let site = Span::call_site().located_at(redis.span());
            let ty = quote_spanned!(site=> #c::redis::RedisConfig);
            quote! {
                /// Where Redis is.
                pub redis: #ty,
            }
        });
        let oauth = self.oauth.as_ref().map(|(key, clients)| {
            let site = Span::call_site().located_at(key.span());
            let ty = quote_spanned!(site=> #c::oauth::OAuthConfig);
            let keys = clients.iter().map(|client| {
                let docs = format!(" The app's own keys at `{client}`.");
                quote! {
                    #[doc = #docs]
                    pub #client: #c::oauth::ClientKeys,
                }
            });
            quote! {
                /// What signing in with other services needs.
                pub oauth: #ty,
                #(#keys)*
            }
        });
        // Where rustc points when a type is not what it must be.
        let site = Span::call_site().located_at(database.span());
        let database = quote_spanned!(site=> <#database as #c::store::Database<#user>>::Config);
        quote! {
            #(#attributes)*
            #[derive(::core::clone::Clone, ::core::fmt::Debug)]
            #vis struct #ident(::std::sync::Arc<#c::app::Core<#ident>>);

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

    fn app(&self) -> TokenStream {
        let Self { crate_path: c, ident, user, database, redis, .. } = self;
        let database =
            if redis.is_some() { quote!(#c::store::WithRedis<#database>) } else { quote!(#database) };
        let name = ident.unraw().to_string();
        quote! {
            #[automatically_derived]
            impl #c::app::AuthApp for #ident {
                const NAME: &'static ::core::primitive::str = #name;
                type User = #user;
                type Database = #database;

                fn core(&self) -> &#c::app::Core<Self> {
                    &self.0
                }

                fn from_core(core: ::std::sync::Arc<#c::app::Core<Self>>) -> Self {
                    Self(core)
                }
            }
        }
    }

    fn config(&self) -> TokenStream {
        let Self { crate_path: c, ident, .. } = self;
        let config = config_ident(ident);
        let database = if self.redis.is_some() {
            quote!((config.database, config.redis))
        } else {
            quote!(config.database)
        };
        let secrets = SECRETS.map(|(name, _)| format_ident!("{name}"));
        let oauth = self.oauth.as_ref().map(|(_, clients)| {
            let keys = clients.iter().map(|client| {
                let constant = constant_ident(client);
                quote!(.with_client_keys(#ident::#constant, config.#client))
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
}

/// The secrets that every app has, as fields.
pub(super) fn secrets(c: &CratePath) -> TokenStream {
    let fields = SECRETS.map(|(name, docs)| {
        let name = format_ident!("{name}");
        quote! {
            #[doc = #docs]
            pub #name: #c::secret::Secrets,
        }
    });
    quote!(#(#fields)*)
}
