//! Writes what the model says.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned as _;

use super::model::{App, Backend, Client};
use super::names::{config_ident, constant_ident};
use super::types;
use crate::crate_path::CratePath;

pub(super) fn expand(app: &App) -> TokenStream {
    let types = types::expand(app);
    let enabled = enabled(app);
    let inherent = inherent(app);
    quote!(#types #enabled #inherent)
}

/// Asks a database of the runtime whether its feature is on.
fn enabled(App { crate_path: c, database, .. }: &App) -> Option<TokenStream> {
    let ty = &database.ty;
    let Type::Path(path) = ty else { return None };
    let name = &path.path.segments.last()?.ident;
    let site = Span::call_site().located_at(ty.span());
    let ask = quote_spanned!(site=> <#ty>::__is_enabled(()));
    ["Sqlite", "Postgres", "Mysql"].iter().any(|database| name == database).then(|| {
        quote! {
            const _: fn() = || {
                #[allow(unused_imports)]
                use #c::__private::IsEnabled as _;

                #ask
            };
        }
    })
}

/// The app's own constants and functions.
fn inherent(app: &App) -> TokenStream {
    let App { crate_path: c, ident, .. } = app;
    let constants = app.backends.iter().map(|backend| constant(c, &backend.name));
    let clients = app.oauth.iter().filter(|_| app.features.oauth).flat_map(|oauth| &oauth.clients);
    let client_constants = clients.clone().map(|client| client_constant(c, &client.name));
    let builder_docs = builder_docs(ident);
    let database = database(app);
    let backends = app.backends.iter().filter_map(|Backend { name, parts, .. }| {
        let (constant, (transport, strategy)) = (constant_ident(name), parts.as_ref()?);
        Some(quote!(.backend(Self::#constant, #transport, #strategy)))
    });
    let clients = clients.filter_map(|Client { name, value, backends }| {
        let (constant, value) = (constant_ident(name), value.as_ref()?);
        let backends = backends.iter().map(constant_ident);
        Some(quote!(.oauth_provider(Self::#constant, #value, [#(Self::#backends),*])))
    });
    let settings = app.settings.iter().map(|(setter, value)| quote!(.#setter(#value)));
    let config = config_ident(ident);
    quote! {
        // An app need not use every constant.
        #[allow(dead_code)]
        impl #ident {
            #(#constants)*
            #(#client_constants)*

            #[doc = #builder_docs]
            pub fn builder() -> #c::app::Builder<Self> {
                #c::app::Builder::<Self>::new(#database)
                    #(#backends)*
                    #(#clients)*
                    #(#settings)*
            }

            /// Starts the app.
            ///
            /// # Errors
            ///
            /// When its configuration can't be used, or its database can't be opened.
            pub async fn start(config: #config) -> ::core::result::Result<Self, #c::app::StartError> {
                Self::builder().start(config).await
            }
        }
    }
}

/// What the app's store is opened with.
fn database(App { crate_path: c, database, redis, features, .. }: &App) -> TokenStream {
    let database = &database.value;
    let Some(redis) = redis.as_ref().filter(|_| features.redis) else { return quote!(#database) };
    let redis = &redis.value;
    quote!(#c::store::WithRedis::new(#database, #redis))
}

/// The name of a backend: `Camelot::JWT`.
fn constant(c: &CratePath, name: &Ident) -> TokenStream {
    let ident = constant_ident(name);
    let text = name.to_string();
    let docs = format!(" The backend `{name}`.");
    quote! {
        #[doc = #docs]
        pub const #ident: #c::app::BackendName = #c::app::BackendName::new(#text);
    }
}

/// The name of a client: `Camelot::GOOGLE`.
fn client_constant(c: &CratePath, name: &Ident) -> TokenStream {
    let ident = constant_ident(name);
    let text = name.to_string();
    let docs = format!(" The OAuth client `{name}`.");
    quote! {
        #[doc = #docs]
        pub const #ident: #c::app::ProviderName = #c::app::ProviderName::new(#text);
    }
}

/// The first line of `builder`'s documentation.
fn builder_docs(app: &Ident) -> String {
    format!(" `{app}` as it is declared; what is made at run time is put in before it starts.")
}
