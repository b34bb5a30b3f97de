//! What an OpenID provider publishes of itself: OpenID Connect Discovery 1.0, sections 3 and 4.

use reqwest::Url;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::document;
use super::issuer::Issuer;
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
    pub(super) async fn fetch(http: &Http, issuer: &Issuer<'_>) -> Result<Self, OAuthError> {
        Self::read(document(http, &issuer.configuration()).await?, issuer)
    }

    pub(super) fn read(document: Map<String, Value>, issuer: &Issuer<'_>) -> Result<Self, OAuthError> {
        let failed = |what: &str| OAuthError::Failed(format!("its metadata {what}"));
        let metadata = serde_json::from_value::<Self>(Value::Object(document))
            .map_err(|_| failed("is not that of an OpenID provider"))?;
        if metadata.issuer != issuer.as_str() {
            return Err(failed("is of another issuer"));
        }
        let endpoints = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        let optional = [&metadata.userinfo_endpoint, &metadata.revocation_endpoint];
        if !endpoints.into_iter().chain(optional.into_iter().flatten()).all(|url| issuer.may_have(url)) {
            return Err(failed("has an endpoint without TLS"));
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
