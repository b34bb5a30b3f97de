//! The issuer identifier of an OpenID provider: where its metadata is published, and which spellings of it count as the
//! same (OpenID Connect Discovery 1.0, sections 2 and 4).

use reqwest::Url;

use crate::http::is_on_this_machine;
use crate::oauth::OAuthError;

/// The placeholder in an issuer for the tenant of each user, as in Microsoft Entra's
/// `https://login.microsoftonline.com/{tenantid}/v2.0`.
pub(crate) const TENANT: &str = "{tenantid}";

/// Google's issuer, and the form without a scheme that its ID tokens may have instead.
const GOOGLE: [&str; 2] = ["https://accounts.google.com", "accounts.google.com"];

/// How many characters of a foreign issuer are logged.
const SHOWN: usize = 200;

/// A provider's issuer as the app configures it: an HTTPS URL, or one on this machine, without credentials, query and
/// fragment.
pub(super) struct Issuer<'a> {
    text: &'a str,
    is_here: bool,
    /// Where the metadata is published, unless under the issuer itself.
    discovery_url: Option<Url>,
}

impl<'a> Issuer<'a> {
    pub(super) fn parse(text: &'a str, discovery_url: Option<&str>) -> Result<Self, OAuthError> {
        let setting = |what: &str| OAuthError::Setting(format!("the issuer {what}"));
        let url = Url::parse(text).map_err(|_| setting("is no address"))?;
        let is_here = is_on_this_machine(&url);
        if url.scheme() != "https" && !is_here {
            return Err(setting("is not at an address of https"));
        }
        if !is_plain(&url) || url.query().is_some() {
            return Err(setting("has more than a host and a path"));
        }
        let Some(discovery_url) = discovery_url else {
            if text.contains(TENANT) {
                return Err(setting("has a placeholder for tenants, which needs a discovery URL"));
            }
            return Ok(Self { text, is_here, discovery_url: None });
        };
        let discovery_url = Url::parse(discovery_url)
            .ok()
            .filter(|url| is_plain(url) && (url.scheme() == "https" || is_here && is_on_this_machine(url)));
        let discovery_url = discovery_url.ok_or_else(|| {
            OAuthError::Setting(
                "the discovery URL is no HTTPS URL without credentials and fragment".to_owned(),
            )
        })?;
        Ok(Self { text, is_here, discovery_url: Some(discovery_url) })
    }

    /// The issuer as the app configures it.
    pub(super) fn as_str(&self) -> &'a str {
        self.text
    }

    /// Where its metadata is: section 4.1, by which a final slash is removed first.
    pub(super) fn configuration(&self) -> String {
        if let Some(url) = &self.discovery_url {
            return url.to_string();
        }
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

/// The spellings of one provider's issuer: the configured one and the published one, which may differ in a final slash,
/// and both of Google's.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    configured: String,
    published: String,
}

impl Names {
    /// The spellings of a configured issuer whose metadata says `published`.
    ///
    /// # Errors
    ///
    /// With both values, when they name two issuers.
    pub(super) fn new(configured: &str, published: &str) -> Result<Self, String> {
        let names = Self { configured: configured.to_owned(), published: published.to_owned() };
        if !may_name(configured, published) {
            let configured = Self { published: names.configured.clone(), ..names };
            return Err(configured.but_found(published));
        }
        if without_slash(configured) == without_slash(published) && configured != published {
            tracing::warn!(
                configured,
                published,
                "the issuer differs from the published one in its final slash; configure the published one"
            );
        }
        Ok(names)
    }

    /// Whether `said` is one of the spellings. In place of a placeholder, any tenant may stand.
    pub(crate) fn include(&self, said: &str) -> bool {
        let is_one = |known: &str| {
            known == said || is_googles(known, said) || self.has_tenants() && tenant_in(known, said).is_some()
        };
        is_one(&self.configured) || is_one(&self.published)
    }

    /// Whether each tenant of the provider has an issuer of its own.
    pub(super) fn has_tenants(&self) -> bool {
        self.configured.contains(TENANT)
    }

    /// The tenant whose issuer `said` is.
    pub(super) fn tenant<'s>(&self, said: &'s str) -> Option<&'s str> {
        tenant_in(&self.configured, said).or_else(|| tenant_in(&self.published, said))
    }

    /// One of the spellings, as the app configures it; with tenants it stays as it is.
    pub(super) fn canonical<'s>(&'s self, said: &'s str) -> &'s str {
        if self.has_tenants() { said } else { &self.configured }
    }

    /// The expected issuer and the one that was found instead, for the log.
    pub(super) fn but_found(&self, said: &str) -> String {
        let Self { configured, published } = self;
        let said = said.chars().take(SHOWN).collect::<String>();
        if configured == published {
            format!("expected {configured:?}, found {said:?}")
        } else {
            format!("expected {configured:?} or {published:?}, found {said:?}")
        }
    }
}

/// Whether `said` may turn out to be a spelling of a configured issuer, once its metadata is known.
pub(crate) fn may_name(configured: &str, said: &str) -> bool {
    without_slash(configured) == without_slash(said)
        || is_googles(configured, said)
        || tenant_in(configured, said).is_some()
}

fn without_slash(issuer: &str) -> &str {
    issuer.strip_suffix('/').unwrap_or(issuer)
}

fn is_googles(known: &str, said: &str) -> bool {
    GOOGLE.contains(&known) && GOOGLE.contains(&said)
}

/// The part of `said` that replaces the placeholder of `template`: letters, digits and hyphens, as in a UUID.
pub(super) fn tenant_in<'s>(template: &str, said: &'s str) -> Option<&'s str> {
    let (before, after) = template.split_once(TENANT)?;
    let tenant = said.strip_prefix(before)?.strip_suffix(after)?;
    let is_id = |tenant: &&str| {
        !tenant.is_empty() && tenant.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    Some(tenant).filter(is_id)
}
