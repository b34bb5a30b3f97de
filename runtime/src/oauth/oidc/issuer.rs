//! The address of an OpenID provider, by which it is known: OpenID Connect Discovery 1.0, section 2.

use reqwest::Url;

use crate::http::is_on_this_machine;
use crate::oauth::OAuthError;

/// The address of a provider: of https, or of this machine; without credentials, a query and a fragment.
pub(super) struct Issuer<'a> {
    text: &'a str,
    is_here: bool,
}

impl<'a> Issuer<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, OAuthError> {
        let setting = |what: &str| OAuthError::Setting(format!("the issuer {what}"));
        let url = Url::parse(text).map_err(|_| setting("is no address"))?;
        let is_here = is_on_this_machine(&url);
        if url.scheme() != "https" && !is_here {
            return Err(setting("is not at an address of https"));
        }
        if !is_plain(&url) || url.query().is_some() {
            return Err(setting("has more than a host and a path"));
        }
        Ok(Self { text, is_here })
    }

    /// As it is written, which is how it is compared.
    pub(super) fn as_str(&self) -> &'a str {
        self.text
    }

    /// Where its metadata is: section 4.1, by which a slash at the end goes first.
    pub(super) fn configuration(&self) -> String {
        let base = self.text.strip_suffix('/').unwrap_or(self.text);
        format!("{base}/.well-known/openid-configuration")
    }

    /// Whether an endpoint may have this address: one with TLS, or on this machine, if the provider is.
    pub(super) fn may_have(&self, endpoint: &Url) -> bool {
        let is_safe = endpoint.scheme() == "https" || self.is_here && is_on_this_machine(endpoint);
        is_safe && is_plain(endpoint)
    }
}

/// Whether a URL has no credentials and no fragment.
fn is_plain(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none() && url.fragment().is_none()
}
