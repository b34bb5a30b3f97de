//! What an OpenID provider publishes of itself: OpenID Connect Discovery 1.0, sections 3 and 4.

use reqwest::Url;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Host;

use super::document;
use crate::oauth::{ClientAuth, Http, OAuthError};

/// What an OpenID provider publishes of itself. Its endpoints have TLS, but for those of a provider on this machine.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    /// Who it is, exactly as the app writes it, too.
    pub(crate) issuer: String,
    /// Where users sign in.
    pub(crate) authorization_endpoint: Url,
    /// Where a code becomes tokens.
    pub(crate) token_endpoint: Url,
    /// Where its keys are.
    pub(crate) jwks_uri: Url,
    /// Where it says more of a user.
    pub(crate) userinfo_endpoint: Option<Url>,
    /// Where a token is revoked (RFC 7009).
    pub(crate) revocation_endpoint: Option<Url>,
    #[serde(default = "basic")]
    token_endpoint_auth_methods_supported: Vec<String>,
    /// Whether its answers say who they are from (RFC 9207).
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

/// What a provider that lists no methods takes.
fn basic() -> Vec<String> {
    vec!["client_secret_basic".to_owned()]
}

impl Metadata {
    /// What the provider publishes now.
    pub(super) async fn fetch(http: &Http, issuer: &str) -> Result<Self, OAuthError> {
        let address = parse(issuer)?;
        // Section 4.1: a slash at the end goes first.
        let base = issuer.strip_suffix('/').unwrap_or(issuer);
        let document = document(http, &format!("{base}/.well-known/openid-configuration")).await?;
        Self::read(document, issuer, &address)
    }

    pub(super) fn read(
        document: Map<String, Value>,
        issuer: &str,
        address: &Url,
    ) -> Result<Self, OAuthError> {
        let metadata = serde_json::from_value::<Self>(Value::Object(document))
            .map_err(|_| failed("its metadata is not that of an OpenID provider"))?;
        if metadata.issuer != issuer {
            return Err(failed("its metadata is of another issuer"));
        }
        let endpoints = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        let optional = [&metadata.userinfo_endpoint, &metadata.revocation_endpoint];
        let is_here = is_on_this_machine(address);
        for url in endpoints.into_iter().chain(optional.into_iter().flatten()) {
            if !(is_plain(url) && (url.scheme() == "https" || is_here && is_on_this_machine(url))) {
                return Err(failed("an endpoint in its metadata has no TLS"));
            }
        }
        Ok(metadata)
    }

    /// How the token endpoint learns who asks: as the client says, unless the provider takes the other way only.
    pub(crate) fn client_auth(&self, wanted: ClientAuth) -> ClientAuth {
        let takes =
            |name: &str| self.token_endpoint_auth_methods_supported.iter().any(|method| method == name);
        match (takes("client_secret_basic"), takes("client_secret_post")) {
            (true, false) => ClientAuth::Basic,
            (false, true) => ClientAuth::Post,
            _ => wanted,
        }
    }
}

/// An issuer's address: with TLS, or on this machine, and without a query and a fragment (section 2).
fn parse(issuer: &str) -> Result<Url, OAuthError> {
    let setting = |what: &str| OAuthError::Setting(format!("the issuer {what}"));
    let url = Url::parse(issuer).map_err(|_| setting("is no address"))?;
    if url.scheme() != "https" && !is_on_this_machine(&url) {
        return Err(setting("is not at an address of https"));
    }
    if !is_plain(&url) || url.query().is_some() {
        return Err(setting("has more than a host and a path"));
    }
    Ok(url)
}

/// Whether a URL has no credentials and no fragment.
fn is_plain(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none() && url.fragment().is_none()
}

/// Whether a URL is one of http at a loopback address.
fn is_on_this_machine(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "http" && is_loopback
}

fn failed(what: &str) -> OAuthError {
    OAuthError::Failed(what.to_owned())
}
