//! An app with clients of a provider, and a browser that is sent there and comes back.

use axum_users::app::{Builder, ProviderName};
use axum_users::backend::BackendName;
use axum_users::manager::ManagerError;
use axum_users::oauth::{OAuthConfig, ProviderTokens};
use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users::user::OAuthAccount;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::known::secret;
use crate::provider::{CLIENT_ID, CLIENT_SECRET, Provider, query};
use crate::server::{Backend, Camelot, Options, Server};

/// The name of the client whose provider is believed.
pub const OIDC: ProviderName = ProviderName::new("oidc");

/// The name of a client of the same provider, which makes no account a user's by its address.
pub const AVALON: ProviderName = ProviderName::new("avalon");

/// Where browsers find the app.
pub const BASE_URL: &str = "https://camelot.bt";

/// Signs states and seals tokens.
pub const OAUTH_SECRET: &str = "siege-perilous-siege-perilous-siege-perilous";

/// The address of most tests' user.
pub const ARTHUR: &str = "arthur@camelot.bt";

/// Everybody's password who has one.
pub const PASSWORD: &str = "guinevere";

/// Both.
pub const COMPAT_MODES: [Compat; 2] = [Compat::None, FastApiUsers];

/// Where a sign-in sets out from that is answered with a bearer token.
pub const PLACE: &str = "/auth/oidc";

/// Where one sets out from that is answered with a cookie.
pub const COOKIE_PLACE: &str = "/auth/oidc/db_cookie";

/// Where an association sets out from.
pub const ASSOCIATE: &str = "/auth/associate/oidc";

/// An app, and a provider.
#[derive(Debug)]
pub struct Scene {
    /// The provider.
    pub provider: Provider,
    /// The app.
    pub server: Server,
}

/// The backends that the client's users sign in at.
#[must_use]
pub fn backends() -> [BackendName; 2] {
    [Camelot::JWT, Camelot::DB_COOKIE]
}

/// The client of a provider, which vouches for addresses.
#[must_use]
pub fn oidc(provider: &Provider) -> Oidc {
    Oidc::new(provider.url.clone()).account_linking(AccountLinking::VerifiedEmail)
}

/// The app's own keys at the provider.
#[must_use]
pub fn keys() -> OAuthCredentials {
    OAuthCredentials::new(CLIENT_ID, CLIENT_SECRET)
}

/// What the app's clients need from outside.
#[must_use]
pub fn config() -> OAuthConfig {
    secret(OAUTH_SECRET);
    OAuthConfig::new(BASE_URL, OAUTH_SECRET)
}

/// The app's usual clients.
pub fn clients(provider: &Provider, setup: Builder<Camelot>) -> Builder<Camelot> {
    clients_of(&provider.url, setup)
}

/// The same, of the provider at this address.
pub fn clients_of(issuer: &str, setup: Builder<Camelot>) -> Builder<Camelot> {
    let avalon = Oidc::new(issuer.to_owned());
    let oidc = avalon.clone().account_linking(AccountLinking::VerifiedEmail);
    setup.oauth(config()).oauth_provider(OIDC, oidc.with_credentials(keys()), backends()).oauth_provider(
        AVALON,
        avalon.with_credentials(keys()),
        [Camelot::JWT],
    )
}

impl Scene {
    /// Both with their defaults.
    pub async fn new() -> Self {
        Self::with(Options::default()).await
    }

    /// The app in a layout.
    pub async fn in_layout(compat: Compat) -> Self {
        Self::with(Options { compat, ..Options::default() }).await
    }

    /// The app with `options`.
    pub async fn with(options: Options) -> Self {
        Self::of(options, clients).await
    }

    /// The same, with other clients.
    pub async fn of(
        options: Options,
        clients: impl FnOnce(&Provider, Builder<Camelot>) -> Builder<Camelot>,
    ) -> Self {
        let provider = Provider::start().await;
        let server = Server::of(options, |_| {}, |setup| clients(&provider, setup)).await;
        Self { server: server.expect("the app starts"), provider }
    }

    /// A browser that is sent to the provider from `place`.
    pub async fn start(&self, client: &Client, place: &str) -> Trip {
        self.led(client, place, "").await
    }

    /// The same, with more in the query: a browser with `next=/account` is led by redirects.
    pub async fn led(&self, client: &Client, place: &str, more: &str) -> Trip {
        let answer = client.get(&format!("{place}/authorize?{more}")).await;
        let url = match answer.status.as_u16() {
            200 => answer.json["authorization_url"].as_str().expect("an address"),
            303 => answer.header("location"),
            _ => panic!("{}", answer.text),
        };
        let (name, value) = answer.cookie().expect("a cookie");
        Trip {
            client: client.clone(),
            place: place.to_owned(),
            cookie: format!("{name}={value}"),
            state: query(url)["state"].clone(),
            url: url.to_owned(),
        }
    }

    /// A browser that has been at the provider, where it signed in as `user`, and is back.
    pub async fn trip(&self, client: &Client, place: &str, user: &Value) -> Answer {
        let trip = self.start(client, place).await;
        let code = self.provider.sign_in(&trip.url, user);
        trip.back(&code).await
    }

    /// The same, for a sign-in at the first backend, from a browser that is signed in nowhere.
    pub async fn sign_in(&self, user: &Value) -> Answer {
        self.trip(&self.server.client(), PLACE, user).await
    }

    /// A client that has signed in as `user` by way of the provider.
    pub async fn signed_in(&self, user: &Value) -> Client {
        let answer = self.sign_in(user).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.server.client().holding(Backend::Jwt, &answer)
    }

    /// A user with a password, signed in by it.
    pub async fn registered(&self, email: &str) -> Client {
        self.server.user(email, PASSWORD, |user| user.is_verified = Some(true)).await;
        self.server.client().signed_in(Backend::Jwt, email, PASSWORD).await
    }

    /// The one account of a client's user, as the app's own code sees it.
    pub async fn account_of(&self, client: &Client) -> OAuthAccount<Uuid> {
        let manager = Manager::for_code(self.server.camelot.clone());
        let me = client.get("/users/me").await;
        let id = me.json["id"].as_str().expect("an id").parse().expect("a UUID");
        let user = manager.user_by_id(id).await.expect("storage answers").expect("a user");
        let accounts = manager.oauth_accounts(&user).await.expect("storage answers");
        let [account] = &accounts[..] else { panic!("not one account: {accounts:?}") };
        account.clone()
    }

    /// The tokens of an account, in clear.
    pub async fn tokens_of(&self, account: &OAuthAccount<Uuid>) -> Result<ProviderTokens, ManagerError> {
        Manager::for_code(self.server.camelot.clone()).provider_tokens(account).await
    }

    /// Fails unless `answer` refuses with this code, and the provider was asked nothing.
    #[track_caller]
    pub fn refuses_unasked(&self, what: &str, answer: &Answer, code: &str) {
        let asked = self.provider.requests();
        let found = (answer.status.as_u16(), answer.detail(), asked.is_empty());
        assert_eq!(found, (400, &json!(code), true), "{what}: {} {asked:?}", answer.text);
    }
}

/// The accounts that a client's user has, each by its service and its id there.
pub async fn accounts_of(client: &Client) -> Vec<(String, String)> {
    let answer = client.get("/users/me/oauth-accounts").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let text = |account: &Value, name: &str| account[name].as_str().expect("text").to_owned();
    let accounts = answer.json.as_array().expect("a list").iter();
    accounts.map(|account| (text(account, "oauth_name"), text(account, "account_id"))).collect()
}

/// The same account with what its row holds now.
pub async fn again(scene: &Scene, account: &OAuthAccount<Uuid>) -> OAuthAccount<Uuid> {
    let manager = Manager::for_code(scene.server.camelot.clone());
    let user = manager.user_by_id(account.user_id).await.expect("storage answers").expect("a user");
    let accounts = manager.oauth_accounts(&user).await.expect("storage answers");
    accounts.into_iter().find(|other| other.id == account.id).expect("an account")
}

/// A browser on its way.
#[derive(Clone, Debug)]
pub struct Trip {
    /// The browser.
    pub client: Client,
    /// Where it set out from.
    pub place: String,
    /// What only this browser knows, as it sends it; empty where it knows nothing.
    pub cookie: String,
    /// The state that it brings back.
    pub state: String,
    /// Where it was sent.
    pub url: String,
}

impl Trip {
    /// Comes back with `code`.
    pub async fn back(&self, code: &str) -> Answer {
        self.back_with(&[("code", code), ("state", &self.state)]).await
    }

    /// Comes back with whatever stands in the query.
    pub async fn back_with(&self, pairs: &[(&str, &str)]) -> Answer {
        Answer::of(self.returning(pairs)).await
    }

    /// The request by which it does.
    pub fn returning(&self, pairs: &[(&str, &str)]) -> RequestBuilder {
        let own = self.client.headers.get("cookie").map(|own| own.to_str().expect("text"));
        let cookies = own.into_iter().chain([&*self.cookie]).filter(|cookie| !cookie.is_empty());
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let client =
            if cookies.is_empty() { self.client.clone() } else { self.client.with("cookie", &cookies) };
        client.request(Method::GET, &format!("{}/callback", self.place)).query(pairs)
    }

    /// The value of the cookie.
    #[must_use]
    pub fn browser(&self) -> &str {
        self.cookie.split_once('=').map_or("", |(_, value)| value)
    }
}

/// Someone at the provider, whose address the provider vouches for.
#[must_use]
pub fn arthur() -> Value {
    json!({ "sub": "arthur", "email": ARTHUR, "email_verified": true, "name": "Arthur" })
}

/// The same for anybody.
#[must_use]
pub fn knight(sub: &str) -> Value {
    json!({ "sub": sub, "email": format!("{sub}@camelot.bt"), "email_verified": true })
}
