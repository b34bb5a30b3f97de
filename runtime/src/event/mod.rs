//! What happens to users and to those who would be some, told in one form (OWASP ASVS 5.0, V16): a line for the log by
//! `tracing`, and a count with the feature `metrics`. It knows no rules: who tells, decides what.

mod cause;
#[cfg(feature = "metrics")]
mod count;
mod flood;
mod kind;
mod reason;
mod repeats;

use std::fmt::Debug;

pub(crate) use self::cause::Cause;
#[cfg(feature = "metrics")]
pub(crate) use self::count::Waiting;
pub(crate) use self::flood::{Floods, tell_failure};
pub use self::kind::{EventKind, TARGET};
pub use self::reason::Reason;
pub(crate) use self::repeats::is_due;

use crate::client::{ClientAddress, SaidSites};

/// Something that happened. It holds ids, client IPs and words of this crate's own. The one thing that a client sent is
/// where a cross-site request came from, which is logged escaped: no line can be forged, and no secret is logged.
#[derive(Clone, Copy, Debug)]
#[must_use = "it is not told yet"]
pub(crate) struct Event<'a> {
    kind: EventKind,
    reason: Option<Reason>,
    user: Option<&'a (dyn Debug + Sync)>,
    by: Option<&'a (dyn Debug + Sync)>,
    backend: Option<&'static str>,
    method: Option<Method>,
    limit: Option<&'static str>,
    /// How many more requests came to the same since the last line.
    requests: Option<u64>,
    oauth_client: Option<&'static str>,
    oauth_name: Option<&'a str>,
    email_digest: Option<&'a str>,
    sites: Option<&'a SaidSites>,
    error: Option<Cause<'a>>,
}

/// How someone proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// By an address and a password.
    Password,
    /// By way of another service, by the client of this name in `auth_app!`.
    #[cfg(feature = "oauth")]
    OAuth(&'static str),
}

impl Method {
    const fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            #[cfg(feature = "oauth")]
            Self::OAuth(_) => "oauth",
        }
    }

    const fn oauth_client(self) -> Option<&'static str> {
        match self {
            Self::Password => None,
            #[cfg(feature = "oauth")]
            Self::OAuth(client) => Some(client),
        }
    }
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
    /// Why it was refused, or came to nothing.
    pub(crate) fn because(self, reason: Reason) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// To whom it happened, by the id.
    pub(crate) fn to(self, user: &'a (dyn Debug + Sync)) -> Self {
        Self { user: Some(user), ..self }
    }

    /// Who did it, by the id: the user, or a superuser. Code of the app's own, and who has a token alone, is nobody.
    pub(crate) fn by(self, user: &'a (dyn Debug + Sync)) -> Self {
        Self { by: Some(user), ..self }
    }

    /// The backend, by its name in `auth_app!`.
    pub(crate) fn at(self, backend: &'static str) -> Self {
        Self { backend: Some(backend), ..self }
    }

    /// How someone proved who it is.
    pub(crate) fn with(self, method: Method) -> Self {
        Self { method: Some(method), oauth_client: method.oauth_client(), ..self }
    }

    /// Which limit was reached, by a word of the code's own.
    pub(crate) fn limit(self, limit: &'static str) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// The event without what belongs to one request alone.
    fn of_many(self) -> Event<'static> {
        let Self { kind, reason, backend, method, limit, requests, oauth_client, .. } = self;
        Event { reason, backend, method, limit, requests, oauth_client, ..Event::from(kind) }
    }

    /// The OAuth client, by its name in `auth_app!`.
    #[cfg(feature = "oauth")]
    pub(crate) fn oauth_client(self, client: &'static str) -> Self {
        Self { oauth_client: Some(client), ..self }
    }

    /// The other service, by its name with the account.
    #[cfg(feature = "oauth")]
    pub(crate) fn oauth_name(self, name: &'a str) -> Self {
        Self { oauth_name: Some(name), ..self }
    }

    /// An address that is no user's, as a digest under the app's secret.
    pub(crate) fn email_digest(self, digest: &'a str) -> Self {
        Self { email_digest: Some(digest), ..self }
    }

    /// Where a cross-site request comes from and goes to. The line names the setting that would admit it.
    pub(crate) fn between_sites(self, sites: &'a SaidSites) -> Self {
        Self { sites: Some(sites), ..self }
    }

    fn origin(&self) -> Option<&'a str> {
        self.sites?.origin.as_deref()
    }

    fn host(&self) -> Option<&'a str> {
        self.sites?.host.as_deref()
    }

    fn setting(&self) -> Option<&'static str> {
        self.sites.map(|_| "trusted_origins")
    }

    /// What failed beneath.
    pub(crate) fn caused_by(self, error: &'a (dyn std::error::Error + Send + Sync + 'static)) -> Self {
        Self { error: Some(Cause(error)), ..self }
    }
}

/// Tells of `event`, which a request of `client` brought about; `None` where nobody knows of whom, or code of the app's own did.
pub(crate) fn tell(event: &Event<'_>, client: Option<ClientAddress>) {
    event.kind.log(event, client);
    #[cfg(feature = "metrics")]
    count::count(event);
}
