//! What these tests share: an app that has the provider for a client, at an address that it knew before it started.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use axum_users::app::{Builder, ProviderName};
use axum_users::oauth::OAuthConfig;
use axum_users::prelude::*;
use axum_users_tests::oidc_provider::{CLIENT_ID, CLIENT_SECRET, OidcProvider};
use axum_users_tests::{Address, Answer, Camelot, Options, Server, Serving, Visitor};

/// The name of the client.
const OIDC: ProviderName = ProviderName::new("oidc");

/// Where browsers sign in that are led by redirects.
pub(crate) const SIGN_IN: &str = "/auth/oidc/cookie/authorize?next=/account&on_error=/sorry";

/// An app, and a provider.
pub(crate) struct Scene {
    pub(crate) provider: OidcProvider,
    pub(crate) server: Server,
    /// The app's address, as browsers know it.
    pub(crate) url: String,
    _serving: Serving,
}

/// The client of a provider. It asks for all that there is.
pub(crate) fn oidc(provider: &OidcProvider) -> Oidc {
    Oidc::new(provider.url.clone())
        .scopes(&["openid", "email", "profile", "offline_access"])
        .prompt("consent")
        .account_linking(AccountLinking::VerifiedEmail)
}

/// What the provider knows the app by.
pub(crate) fn keys() -> OAuthCredentials {
    OAuthCredentials::new(CLIENT_ID, CLIENT_SECRET)
}

impl Scene {
    /// `None`, said aloud, where the provider is not installed.
    pub(crate) async fn new() -> Option<Self> {
        Some(Self::at(OidcProvider::start()?).await)
    }

    pub(crate) async fn at(provider: OidcProvider) -> Self {
        Self::with(provider, keys()).await
    }

    /// An app with these keys.
    pub(crate) async fn with(provider: OidcProvider, keys: OAuthCredentials) -> Self {
        let address = Address::free().await;
        // To a browser that is at 127.0.0.1, where the provider is, this is another site.
        let url = address.url.replace("127.0.0.1", "localhost");
        let setup = |setup: Builder<Camelot>| {
            let config = OAuthConfig::new(&*url, "siege-perilous-siege-perilous-siege-perilous");
            let backends = [Camelot::JWT, Camelot::COOKIE];
            setup.oauth(config).oauth_provider(OIDC, oidc(&provider).with_credentials(keys), backends)
        };
        let server = Server::of(Options::default(), |_| {}, setup).await.expect("the app starts");
        let app = Router::new()
            .route(
                "/",
                get(Html("<h1>Camelot</h1><a href='".to_owned() + SIGN_IN + "'>Sign in with Avalon</a>")),
            )
            .route("/account", get(account))
            .merge(server.camelot.routes())
            .with_state(server.camelot.clone());
        Self { provider, server, url, _serving: address.serve(app) }
    }

    /// Somebody at a new browser.
    pub(crate) fn visitor(&self, name: &str) -> Visitor {
        Visitor::new(name, &self.url)
    }

    /// Somebody who has signed in by way of the provider.
    pub(crate) async fn signed_in(&self, name: &str) -> Visitor {
        let visitor = self.visitor(name);
        let answer = self.sign_in(&visitor).await;
        assert_eq!(answer.url.path(), "/account", "{}", answer.text);
        visitor
    }

    /// Leads a browser to the provider and back.
    pub(crate) async fn sign_in(&self, visitor: &Visitor) -> Answer {
        visitor.open(&format!("{}{SIGN_IN}", self.url)).await
    }
}

async fn account(user: CurrentUser<Camelot>) -> Html<String> {
    Html(format!("<h1>Hello {}!</h1>", user.display_name.as_deref().unwrap_or(&user.email)))
}
