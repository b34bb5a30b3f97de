//! A security event and its fields.

use std::fmt::Debug;

use super::cause::Cause;
use super::kind::EventKind;
use super::method::Method;
use super::reason::Reason;
use crate::client::SaidSites;

/// A security event. It holds ids, client IPs and words of this crate. The only value that a client sent is the origin of
/// a cross-site request, which is logged escaped: no line can be forged, and no secret is logged.
#[derive(Clone, Copy, Debug)]
#[must_use = "it is not emitted yet"]
pub(crate) struct Event<'a> {
    pub(super) kind: EventKind,
    pub(super) reason: Option<Reason>,
    pub(super) user: Option<&'a (dyn Debug + Sync)>,
    pub(super) by: Option<&'a (dyn Debug + Sync)>,
    pub(super) backend: Option<&'static str>,
    pub(super) method: Option<Method>,
    pub(super) limit: Option<&'static str>,
    /// The number of requests with the same outcome since the last line.
    pub(super) requests: Option<u64>,
    pub(super) oauth_client: Option<&'static str>,
    pub(super) oauth_name: Option<&'a str>,
    pub(super) email_digest: Option<&'a str>,
    pub(super) sites: Option<&'a SaidSites>,
    pub(super) error: Option<Cause<'a>>,
}

impl From<EventKind> for Event<'_> {
    fn from(kind: EventKind) -> Self {
        Self {
            kind,
            reason: None,
            user: None,
            by: None,
            backend: None,
            method: None,
            limit: None,
            requests: None,
            oauth_client: None,
            oauth_name: None,
            email_digest: None,
            sites: None,
            error: None,
        }
    }
}

impl<'a> Event<'a> {
    /// Sets the reason for which it was refused or had no effect.
    pub(crate) fn because(self, reason: Reason) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// Sets the id of the user to whom it happened.
    pub(crate) fn to(self, user: &'a (dyn Debug + Sync)) -> Self {
        Self { user: Some(user), ..self }
    }

    /// Sets the id of the user or superuser who did it. Code of the app has no id, and neither has a request with only a
    /// token.
    pub(crate) fn by(self, user: &'a (dyn Debug + Sync)) -> Self {
        Self { by: Some(user), ..self }
    }

    /// Sets the backend, by its name in `auth_app!`.
    pub(crate) fn at(self, backend: &'static str) -> Self {
        Self { backend: Some(backend), ..self }
    }

    /// Sets the login method.
    pub(crate) fn with(self, method: Method) -> Self {
        Self { method: Some(method), oauth_client: method.oauth_provider(), ..self }
    }

    /// Sets the name of the rate limit that was reached.
    pub(crate) fn limit(self, limit: &'static str) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// Returns the event without what belongs to one request alone.
    pub(super) fn of_many(self) -> Event<'static> {
        let Self { kind, reason, backend, method, limit, requests, oauth_client, .. } = self;
        Event { reason, backend, method, limit, requests, oauth_client, ..Event::from(kind) }
    }

    /// Sets the OAuth client, by its name in `auth_app!`.
    #[cfg(feature = "oauth")]
    pub(crate) fn oauth_provider(self, client: &'static str) -> Self {
        Self { oauth_client: Some(client), ..self }
    }

    /// Sets the provider, by its name in the provider account.
    #[cfg(feature = "oauth")]
    pub(crate) fn oauth_name(self, name: &'a str) -> Self {
        Self { oauth_name: Some(name), ..self }
    }

    /// Sets the digest, keyed by the secret of the app, of an email that no user has.
    pub(crate) fn email_digest(self, digest: &'a str) -> Self {
        Self { email_digest: Some(digest), ..self }
    }

    /// Sets the origin and the host of a cross-site request. The line names the setting that would admit it.
    pub(crate) fn between_sites(self, sites: &'a SaidSites) -> Self {
        Self { sites: Some(sites), ..self }
    }

    pub(super) fn origin(&self) -> Option<&'a str> {
        self.sites?.origin.as_deref()
    }

    pub(super) fn host(&self) -> Option<&'a str> {
        self.sites?.host.as_deref()
    }

    pub(super) fn setting(&self) -> Option<&'static str> {
        self.sites.map(|_| "trusted_origins")
    }

    /// Sets the error that caused it.
    pub(crate) fn caused_by(self, error: &'a (dyn std::error::Error + Send + Sync + 'static)) -> Self {
        Self { error: Some(Cause(error)), ..self }
    }
}
