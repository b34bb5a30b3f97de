//! What these tests share: an app with a client of a provider, and a browser that is sent there and comes back.

use axum_users::app::{ClientName, Setup};
use axum_users::oauth::OAuthConfig;
use axum_users::prelude::*;
use axum_users_tests::provider::{CLIENT_ID, CLIENT_SECRET, Provider, query};
use axum_users_tests::{Answer, Backend, Camelot, Client, Options, Server};
use serde_json::{Value, json};

/// The name of the client.
pub(crate) const OIDC: ClientName = ClientName::new("oidc");

/// Where browsers find the app.
pub(crate) const BASE_URL: &str = "https://camelot.bt";

/// Signs states and seals tokens.
pub(crate) const OAUTH_SECRET: &str = "siege-perilous-siege-perilous-siege-perilous";

/// The name of the cookie that ties a sign-in to its browser.
pub(crate) const COOKIE: &str = "__Host-axum-users-oauth";

/// An app, and a provider.
pub(crate) struct Scene {
    pub(crate) provider: Provider,
    pub(crate) server: Server,
}

/// The backends that the client's users sign in at.
pub(crate) fn backends() -> [axum_users::backend::BackendName; 2] {
    [Camelot::JWT, Camelot::DB_COOKIE]
}

/// The client of a provider, which vouches for addresses.
pub(crate) fn oidc(provider: &Provider) -> Oidc {
    Oidc { issuer: provider.url.clone().into(), associate: ByVerifiedEmail, ..Oidc }
}

/// The app's own keys at the provider.
pub(crate) fn keys() -> ClientKeys {
    ClientKeys::new(CLIENT_ID, CLIENT_SECRET)
}

/// What the app's clients need from outside.
pub(crate) fn config() -> OAuthConfig {
    OAuthConfig::new(BASE_URL, OAUTH_SECRET)
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        Self::of(options, |provider, setup| {
            setup.oauth(config()).oauth_client(OIDC, oidc(provider).with_keys(keys()), backends())
        })
        .await
    }

    pub(crate) async fn of(
        options: Options,
        clients: impl FnOnce(&Provider, Setup<Camelot>) -> Setup<Camelot>,
    ) -> Self {
        let provider = Provider::start().await;
        let server = Server::of(options, |_| {}, |setup| clients(&provider, setup)).await;
        Self { server: server.expect("the app starts"), provider }
    }

    /// A browser that is sent to the provider from `place`.
    pub(crate) async fn start(&self, client: &Client, place: &str) -> Trip {
        let answer = client.get(&format!("{place}/authorize")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let url = answer.json["authorization_url"].as_str().expect("an address").to_owned();
        let (name, value) = answer.cookie().expect("a cookie");
        assert_eq!(name, COOKIE);
        let state = query(&url)["state"].clone();
        Trip { client: client.clone(), place: place.to_owned(), cookie: value.to_owned(), state, url }
    }

    /// A browser that has been at the provider, where it signed in as `user`, and is back.
    pub(crate) async fn trip(&self, client: &Client, place: &str, user: &Value) -> Answer {
        let trip = self.start(client, place).await;
        let code = self.provider.sign_in(&trip.url, user);
        trip.back(&code).await
    }

    /// The same, for a sign-in at the first backend, from a browser that is signed in nowhere.
    pub(crate) async fn sign_in(&self, user: &Value) -> Answer {
        self.trip(&self.server.client(), "/auth/oidc", user).await
    }

    /// A client that has signed in as `user` by way of the provider.
    pub(crate) async fn signed_in(&self, user: &Value) -> Client {
        let answer = self.sign_in(user).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.server.client().holding(Backend::Jwt, &answer)
    }
}

/// A browser on its way.
#[derive(Clone)]
pub(crate) struct Trip {
    pub(crate) client: Client,
    /// Where it set out from.
    pub(crate) place: String,
    /// What only this browser knows.
    pub(crate) cookie: String,
    pub(crate) state: String,
    /// Where it was sent.
    pub(crate) url: String,
}

impl Trip {
    /// Comes back with `code`.
    pub(crate) async fn back(&self, code: &str) -> Answer {
        self.back_with(&[("code", code), ("state", &self.state)]).await
    }

    /// Comes back with whatever stands in the query.
    pub(crate) async fn back_with(&self, pairs: &[(&str, &str)]) -> Answer {
        let own = self.client.headers.get("cookie").map(|own| own.to_str().expect("text"));
        let cookies = [own, Some(&*format!("{COOKIE}={}", self.cookie))];
        let cookies = cookies.into_iter().flatten().collect::<Vec<_>>().join("; ");
        let request = self.client.with("cookie", &cookies);
        let request = request.request(reqwest::Method::GET, &format!("{}/callback", self.place));
        Answer::of(request.query(pairs)).await
    }
}

/// Someone at the provider, whose address the provider vouches for.
pub(crate) fn arthur() -> Value {
    json!({ "sub": "arthur", "email": "arthur@camelot.bt", "email_verified": true, "name": "Arthur" })
}
