//! Writes what the model says.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::model::{App, Backend, Client};
use super::names::{config_ident, constant_ident};
use super::types::Types;
use super::value;
use crate::crate_path::CratePath;

pub(super) fn expand(app: &App) -> TokenStream {
    let types = Types {
        crate_path: &app.crate_path,
        attributes: &app.attributes,
        vis: &app.vis,
        ident: &app.ident,
        user: &app.user,
        database: &app.database.ty,
        redis: app.redis.as_ref(),
        oauth: app
            .oauth
            .as_ref()
            .map(|oauth| (&oauth.key, oauth.clients.iter().map(|client| &client.name).collect())),
    }
    .expand();
    let inherent = inherent(app);
    quote!(#types #inherent)
}

/// The app's own constants and functions.
fn inherent(app: &App) -> TokenStream {
    let App { crate_path: c, ident, .. } = app;
    let constants = app.backends.iter().map(|backend| constant(c, &backend.name));
    let clients = app.oauth.iter().flat_map(|oauth| &oauth.clients);
    let client_constants = clients.clone().map(|client| client_constant(c, &client.name));
    let setup_docs = setup_docs(ident);
    let database = database(app);
    let backends = app.backends.iter().map(|Backend { name, transport, strategy }| {
        let constant = constant_ident(name);
        quote!(.backend(Self::#constant, #transport, #strategy))
    });
    let clients = clients.map(|Client { name, value, backends }| {
        let constant = constant_ident(name);
        let backends = backends.iter().map(constant_ident);
        quote!(.oauth_client(Self::#constant, #value, [#(Self::#backends),*]))
    });
    let settings = app.settings.iter().map(|(setter, value)| quote!(.#setter(#value)));
    let config = config_ident(ident);
    quote! {
        // A literal may well name every field, and an app need not use every constant.
        #[allow(dead_code, clippy::needless_update)]
        impl #ident {
            #(#constants)*
            #(#client_constants)*

            #[doc = #setup_docs]
            pub fn setup() -> #c::app::Setup<Self> {
                #c::app::Setup::new(#database)
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
                Self::setup().start(config).await
            }
        }
    }
}

/// What the app's store is opened with.
fn database(App { crate_path: c, database, redis, .. }: &App) -> TokenStream {
    let database = &database.value;
    let Some(redis) = redis else { return quote!(#database) };
    let redis = value::complete(redis);
    quote!(#c::store::WithRedis::new(#database, #redis))
}

/// The name of a backend: `Camelot::JWT`.
pub(super) fn constant(c: &CratePath, name: &Ident) -> TokenStream {
    let ident = constant_ident(name);
    let text = name.to_string();
    let docs = format!(" The backend `{name}`.");
    quote! {
        #[doc = #docs]
        pub const #ident: #c::app::BackendName = #c::app::BackendName::new(#text);
    }
}

/// The name of a client: `Camelot::GOOGLE`.
pub(super) fn client_constant(c: &CratePath, name: &Ident) -> TokenStream {
    let ident = constant_ident(name);
    let text = name.to_string();
    let docs = format!(" The OAuth client `{name}`.");
    quote! {
        #[doc = #docs]
        pub const #ident: #c::app::ClientName = #c::app::ClientName::new(#text);
    }
}

/// The first line of `setup`'s documentation.
pub(super) fn setup_docs(app: &Ident) -> String {
    format!(" `{app}` as it is declared; what is made at run time is put in before it starts.")
}
