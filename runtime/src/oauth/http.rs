//! Calls of a provider: within a time, within a size, and never on to where an answer leads (OWASP ASVS 15.3.2).

use std::time::Duration;

use reqwest::{ClientBuilder, Method, RequestBuilder, StatusCode, Url, redirect};
use serde_json::{Map, Value};
use url::Host;

use super::OAuthError;
use super::address::is_public;
use super::error::error_code;
use super::resolver::PublicOnly;

/// The most bytes of an answer that are read.
const LIMIT: usize = 512 * 1024;

/// Calls providers. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    public_only: bool,
}

impl Http {
    /// For addresses that the app itself wrote down. It goes through the proxy that the environment names
    /// (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, and not for what `NO_PROXY` lists).
    ///
    /// # Errors
    ///
    /// When TLS can't be set up on this machine.
    pub(crate) fn new(timeout: Duration) -> Result<Self, OAuthError> {
        Ok(Self { client: builder(timeout).build()?, public_only: false })
    }

    /// For addresses that a function of the request chose: with TLS, and of public hosts alone, so that nobody sends
    /// this server into its own network. No proxy is asked, whatever the environment names: it would resolve the name
    /// itself, and reach what this server may not.
    ///
    /// # Errors
    ///
    /// When TLS can't be set up on this machine.
    pub(crate) fn public_only(timeout: Duration) -> Result<Self, OAuthError> {
        let client = builder(timeout).https_only(true).no_proxy().dns_resolver(PublicOnly).build()?;
        Ok(Self { client, public_only: true })
    }

    pub(super) fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.client.request(method, url).header("accept", "application/json")
    }

    /// The JSON that a request is answered with.
    pub(super) async fn json(&self, request: RequestBuilder) -> Result<Value, OAuthError> {
        let (status, body) = self.answer(request).await?;
        read(status, &body)
    }

    /// The same, of an answer that is an object.
    pub(super) async fn object(&self, request: RequestBuilder) -> Result<Map<String, Value>, OAuthError> {
        match self.json(request).await? {
            Value::Object(object) => Ok(object),
            _ => Err(OAuthError::Failed("an answer that is no object".to_owned())),
        }
    }

    /// The body of a request's answer, read to its limit.
    pub(super) async fn answer(&self, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), OAuthError> {
        let request = request.build()?;
        // The resolver is not asked for an address that is none of a name.
        if self.public_only && !may_be_public(request.url()) {
            return Err(OAuthError::Failed("its address is not a public one".to_owned()));
        }
        let mut response = self.client.execute(request).await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > LIMIT {
                return Err(OAuthError::Failed("an answer that does not end".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((response.status(), body))
    }
}

fn builder(timeout: Duration) -> ClientBuilder {
    reqwest::Client::builder()
        .timeout(timeout)
        .connect_timeout(Duration::from_secs(5))
        .redirect(redirect::Policy::none())
        .user_agent(concat!("axum-users/", env!("CARGO_PKG_VERSION")))
}

/// Whether a URL has a public address for its host, or a name, which is yet to be resolved.
fn may_be_public(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_public(address.into()),
        Some(Host::Ipv6(address)) => is_public(address.into()),
        Some(Host::Domain(_)) => true,
        None => false,
    }
}

/// The JSON of an answer, or what its status makes of it.
pub(super) fn read(status: StatusCode, body: &[u8]) -> Result<Value, OAuthError> {
    match (status, serde_json::from_slice::<Value>(body)) {
        (status, Ok(value)) if status.is_success() => Ok(value),
        (status, Ok(value)) if status.is_client_error() && value.get("error").is_some() => {
            Err(OAuthError::Refused(error_code(&value["error"])))
        }
        (status, _) if status.is_client_error() => Err(OAuthError::Refused(status.as_str().to_owned())),
        (status, Err(_)) if status.is_success() => {
            Err(OAuthError::Failed("an answer that is no JSON".to_owned()))
        }
        (status, _) => Err(OAuthError::Failed(format!("an answer of {status}"))),
    }
}
