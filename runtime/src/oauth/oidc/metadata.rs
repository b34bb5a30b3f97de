//! What an OpenID provider publishes of itself: OpenID Connect Discovery 1.0, sections 3 and 4.

use reqwest::Url;
use serde_json::{Map, Value};

use super::document::document;
use super::issuer::{Issuer, Names};
use crate::oauth::{ClientAuth, Http, OAuthError};

/// What an OpenID provider publishes of itself. Its endpoints have TLS, but for those of a provider on this machine.
#[derive(Debug)]
pub(crate) struct Metadata {
    /// The provider's issuer in all its spellings.
    pub(crate) names: Names,
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
    token_endpoint_auth_methods: Vec<String>,
    /// Whether its answers say who they are from (RFC 9207).
    pub(crate) answers_have_issuer: bool,
}

impl Metadata {
    /// What the provider publishes now.
    pub(super) async fn fetch(http: &Http, issuer: &Issuer<'_>) -> Result<Self, OAuthError> {
        Self::read(&document(http, &issuer.configuration()).await?, issuer)
    }

    /// Reads the document. Required members are read strictly; an optional one that can't be read counts as absent.
    pub(super) fn read(document: &Map<String, Value>, issuer: &Issuer<'_>) -> Result<Self, OAuthError> {
        let failed = |what: &str| OAuthError::Failed(format!("its metadata {what}"));
        let unreadable = || failed("is not that of an OpenID provider");
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        let url = |name: &str| text(name).and_then(|text| Url::parse(text).ok());
        let published = text("issuer").ok_or_else(unreadable)?;
        let metadata = Self {
            names: Names::new(issuer.as_str(), published)
                .map_err(|but_found| failed(&format!("is of another issuer: {but_found}")))?,
            authorization_endpoint: url("authorization_endpoint").ok_or_else(unreadable)?,
            token_endpoint: url("token_endpoint").ok_or_else(unreadable)?,
            jwks_uri: url("jwks_uri").ok_or_else(unreadable)?,
            userinfo_endpoint: url("userinfo_endpoint"),
            revocation_endpoint: url("revocation_endpoint"),
            token_endpoint_auth_methods: auth_methods(document.get("token_endpoint_auth_methods_supported")),
            answers_have_issuer: document
                .get("authorization_response_iss_parameter_supported")
                .is_some_and(|value| *value == true || *value == "true"),
        };
        let endpoints = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        let optional = [&metadata.userinfo_endpoint, &metadata.revocation_endpoint];
        if !endpoints.into_iter().chain(optional.into_iter().flatten()).all(|url| issuer.may_have(url)) {
            return Err(failed("has an endpoint without TLS"));
        }
        Ok(metadata)
    }

    /// How the token endpoint learns who asks: as the client says, unless the provider takes the other way only.
    pub(crate) fn client_auth(&self, wanted: ClientAuth) -> ClientAuth {
        let takes = |name: &str| self.token_endpoint_auth_methods.iter().any(|method| method == name);
        match (takes("client_secret_basic"), takes("client_secret_post")) {
            (true, false) => ClientAuth::Basic,
            (false, true) => ClientAuth::Post,
            _ => wanted,
        }
    }
}

/// The listed methods; a provider that lists none takes `client_secret_basic` (section 3).
fn auth_methods(listed: Option<&Value>) -> Vec<String> {
    match listed {
        Some(Value::Array(methods)) => methods.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(method)) if !method.is_empty() => vec![method.clone()],
        _ => vec!["client_secret_basic".to_owned()],
    }
}
