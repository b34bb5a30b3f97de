//! What a running app holds for signing in with other services.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use url::Url;

use super::browser::BrowserCookie;
use super::flow::Flow;
use super::oidc::OpenIdProviders;
use super::seal::Seal;
use super::source::{DynClient, Source};
use super::state::StateKeys;
use super::{Http, OAuthConfig, OAuthCredentials, OAuthError, ProviderConfig, ProviderName};
use crate::actor::RequestInfo;
use crate::backend::BackendName;
use crate::clock::Timestamp;
use crate::http::is_on_this_machine;
use crate::settings::{Settings, StartError};
use crate::token::digest;

/// How long a node may take to store tokens that it has renewed.
const STORING: Duration = Duration::from_secs(20);

/// A client as the app declares it.
pub(crate) struct Declared {
    pub(crate) name: ProviderName,
    pub(crate) source: Source,
    /// What the configuration says.
    pub(crate) keys: Option<OAuthCredentials>,
    /// Where its users sign in.
    pub(crate) backends: Vec<BackendName>,
}

/// A client for one request.
pub(crate) struct Chosen {
    name: ProviderName,
    client: Arc<dyn DynClient>,
    pub(crate) provider: ProviderConfig,
    keys: OAuthCredentials,
    /// Whether a function of the request chose it, and so who knows whose addresses.
    is_by_request: bool,
}

/// What a running app holds for signing in with other services.
pub(crate) struct OAuth {
    pub(crate) states: StateKeys,
    pub(crate) seal: Seal,
    pub(crate) cookie: BrowserCookie,
    pub(crate) clients: Vec<Declared>,
    base_url: String,
    /// The path of `base_url`, without a final slash: what a proxy removes before the app sees a request.
    base_path: String,
    http: Http,
    public_http: Http,
    oidc: OpenIdProviders,
    /// Who renews the token of which account in this process: one at a time.
    refreshing: [Mutex<()>; 64],
    /// How long a provider may take for an answer.
    timeout: Duration,
}

impl Declared {
    /// The client of this request, if it has one.
    pub(crate) fn choose(&self, request: &RequestInfo) -> Result<Option<Chosen>, OAuthError> {
        let (client, is_by_request) = match &self.source {
            Source::Fixed(client) => (Arc::clone(client), false),
            Source::ByRequest(choose) => match choose(request) {
                Some(client) => (client, true),
                None => return Ok(None),
            },
        };
        let keys = client.keys().or(self.keys.as_ref()).cloned();
        let keys = keys.ok_or_else(|| OAuthError::Setting("it has no keys".to_owned()))?;
        let provider = client.provider();
        Ok(Some(Chosen { name: self.name, client, provider, keys, is_by_request }))
    }

    /// Whether a request may be without a client.
    #[cfg(feature = "openapi")]
    pub(crate) fn may_be_missing(&self) -> bool {
        matches!(self.source, Source::ByRequest(_))
    }

    /// Makes the client's secret once, where the client is the same for all requests: Apple's private key may be none.
    fn check_secret(&self, now: Timestamp) -> Result<(), OAuthError> {
        let Source::Fixed(client) = &self.source else { return Ok(()) };
        let Some(keys) = client.keys().or(self.keys.as_ref()) else { return Ok(()) };
        client.client_secret(keys, now).map(drop)
    }

    fn has_keys(&self) -> bool {
        let Source::Fixed(client) = &self.source else { return true };
        self.keys.is_some() || client.keys().is_some()
    }
}

impl Chosen {
    /// The service that its accounts are of.
    pub(crate) fn oauth_name(&self) -> String {
        match (&self.provider.account_namespace, self.is_by_request) {
            (Some(name), _) => name.clone(),
            (None, true) => format!("{}:{}", self.name, short_digest(&self.provider.endpoints.identity())),
            (None, false) => self.name.as_str().to_owned(),
        }
    }

    /// What tells the client from every other, those of other tenants included.
    pub(crate) fn digest(&self) -> String {
        let provider = self.provider.endpoints.identity();
        short_digest(&format!("{}\0{}\0{provider}", self.name, self.keys.id()))
    }
}

/// 128 bits are enough for what an attacker has no hand in.
fn short_digest(text: &str) -> String {
    let mut whole = digest(text);
    whole.truncate(22);
    whole
}

impl OAuth {
    pub(crate) fn new(
        config: &OAuthConfig,
        clients: Vec<Declared>,
        settings: &Settings,
    ) -> Result<Self, StartError> {
        let setting = |why: String| StartError::Setting(why);
        if let Some(client) = clients.iter().find(|client| !client.has_keys()) {
            let name = client.name;
            return Err(setting(format!(
                "the OAuth client `{name}` has no keys: give it some, `client.with_credentials(OAuthCredentials::new(id, secret))`"
            )));
        }
        for client in &clients {
            let checked = client.check_secret(settings.now());
            checked.map_err(|error| setting(format!("the OAuth client `{}`: {error}", client.name)))?;
        }
        let (is_secure, base_path) = check_base_url(&config.base_url).map_err(setting)?;
        let no_tls = |error: OAuthError| setting(format!("providers can't be called: {error}"));
        Ok(Self {
            states: StateKeys::new(settings.compat, &config.secret).map_err(StartError::Key)?,
            seal: Seal::new(settings.compat, &config.secret).map_err(|error| setting(error.to_string()))?,
            cookie: BrowserCookie::new(settings.compat, is_secure),
            clients,
            base_url: config.base_url.trim_end_matches('/').to_owned(),
            base_path,
            http: Http::new(config.timeout).map_err(no_tls)?,
            public_http: match config.allow_private_networks {
                true => Http::new(config.timeout).map_err(no_tls)?,
                false => Http::public_only(config.timeout).map_err(no_tls)?,
            },
            oidc: OpenIdProviders::default(),
            refreshing: std::array::from_fn(|_| Mutex::default()),
            timeout: config.timeout,
        })
    }

    /// The turn to renew an account's token.
    pub(crate) async fn refreshing(&self, account_id: &str) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        account_id.hash(&mut hasher);
        let index = hasher.finish() as usize % self.refreshing.len();
        self.refreshing[index].lock().await
    }

    /// How long a node has the turn to renew an account's tokens: for the provider's responses, and to store the result.
    pub(crate) fn renewal_lease(&self) -> Duration {
        self.renewal_timeout() + STORING
    }

    /// How long a provider takes at most to renew tokens: two responses, its metadata and the tokens. Other requests wait
    /// that long for the result.
    pub(crate) fn renewal_timeout(&self) -> Duration {
        2 * self.timeout
    }

    pub(crate) fn client(&self, name: ProviderName) -> Option<&Declared> {
        self.clients.iter().find(|client| client.name == name)
    }

    /// An address of the app, as browsers know it.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// The same without scheme and host: where a browser that is at the app finds `path`.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.base_path)
    }

    pub(crate) fn flow<'a>(&'a self, chosen: &'a Chosen, now: Timestamp) -> Flow<'a> {
        Flow {
            client: &*chosen.client,
            provider: &chosen.provider,
            keys: &chosen.keys,
            http: if chosen.is_by_request { &self.public_http } else { &self.http },
            oidc: &self.oidc,
            now,
        }
    }
}

/// Whether the app is reached over TLS, and at which path. TLS may be missing on one's own machine alone.
fn check_base_url(base_url: &str) -> Result<(bool, String), String> {
    let wrong =
        |why: &str| Err(format!("`base_url` is `{base_url}`, which {why}: write `https://camelot.bt`, say"));
    let Ok(url) = Url::parse(base_url) else { return wrong("is no address") };
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return wrong("is more than a place");
    }
    let path = url.path().trim_end_matches('/').to_owned();
    match url.scheme() {
        "https" => Ok((true, path)),
        "http" if is_on_this_machine(&url) => Ok((false, path)),
        "http" => wrong("is not reached over TLS"),
        _ => wrong("is no web address"),
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::oauth::clients::{GitHub, Oidc};
    use crate::oauth::{OAuthProvider, ProviderSource};

    #[test]
    fn the_app_is_reached_over_tls() {
        for (base_url, secure) in [
            ("https://camelot.bt", Some(true)),
            ("https://camelot.bt/api/", Some(true)),
            ("http://localhost:8000", Some(false)),
            ("http://127.0.0.1:8000", Some(false)),
            ("http://[::1]:8000", Some(false)),
            ("http://camelot.bt", None),
            ("http://localhost.camelot.bt", None),
            ("http://app.localhost:8000", None),
            ("https://camelot.bt?x=1", None),
            ("https://arthur@camelot.bt", None),
            ("camelot.bt", None),
            ("ftp://camelot.bt", None),
            ("", None),
        ] {
            assert_eq!(check_base_url(base_url).ok().map(|(is_secure, _)| is_secure), secure, "{base_url}");
        }
    }

    #[test]
    fn the_path_of_the_app_has_no_final_slash() {
        for (base_url, path) in [
            ("https://camelot.bt", ""),
            ("https://camelot.bt/", ""),
            ("https://camelot.bt/api", "/api"),
            ("https://camelot.bt/api/v1/", "/api/v1"),
        ] {
            assert_eq!(check_base_url(base_url).expect("a place").1, path, "{base_url}");
        }
    }

    /// They stand in storage: another name, and a user's account is nobody's.
    #[test]
    fn accounts_keep_their_services_names() {
        let oidc = Oidc::new("https://id.camelot.bt");
        let github = GitHub::default().web("https://id.camelot.bt");
        let (oidc, github) = (oidc.with_credentials(keys()), github.with_credentials(keys()));
        let name = |source| {
            let declared =
                Declared { name: ProviderName::new("work"), source, keys: None, backends: Vec::new() };
            let chosen = declared.choose(&RequestInfo::default());
            chosen.expect("it has keys").expect("it is there").oauth_name()
        };
        let (of_tenant, of_another) = (oidc.clone(), github);
        assert_eq!(name(oidc.clone().into_source()), "work");
        assert_eq!(
            name((move |_: &RequestInfo| of_tenant.clone()).into_source()),
            "work:cst6eU-BUmUbfixSHBAGsV"
        );
        assert_eq!(
            name((move |_: &RequestInfo| Some(of_another.clone())).into_source()),
            "work:q-TbCHy7eMrpwSGInkutmH"
        );
        assert_eq!(name(oidc.account_namespace("camelot").into_source()), "camelot");
    }

    fn keys() -> OAuthCredentials {
        OAuthCredentials::new("camelot", "the-lady-of-the-lake")
    }
}
