//! A cookie, out of reach of scripts and of other sites.

use std::time::Duration;

use axum::Json;
use axum::http::header::{InvalidHeaderValue, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};

use crate::client::only_cookie;
use crate::clock::Timestamp;
use crate::error::Rejection;
use crate::session::Issued;
use crate::setters::settings;
use crate::settings::{Settings, StartError};

/// Which requests of other sites a cookie is sent with (RFC 6265bis, section 5.6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// None of them.
    Strict,
    /// Top-level navigation that only reads, such as a link.
    Lax,
    /// All of them; the cookie must be `secure`.
    None,
}

impl From<SameSite> for cookie::SameSite {
    fn from(same_site: SameSite) -> Self {
        match same_site {
            SameSite::Strict => Self::Strict,
            SameSite::Lax => Self::Lax,
            SameSite::None => Self::None,
        }
    }
}

/// How long a browser keeps the cookie of a login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CookieLifetime {
    /// As long as its token is valid. If the strategy doesn't say how long that is, until the browser is closed. For a strategy
    /// of your own that extends its tokens, set another variant: the browser learns of no extension.
    #[default]
    Token,
    /// Until the browser is closed: a session cookie.
    Browser,
    /// This long, in whole seconds.
    Fixed(Duration),
}

impl From<Duration> for CookieLifetime {
    fn from(lifetime: Duration) -> Self {
        Self::Fixed(lifetime)
    }
}

settings! {
    /// The token is in a cookie; a login returns `Set-Cookie` and nothing else.
    ///
    /// The defaults are those of FastAPI Users but for `max_age`, and so is the name under `compat`. A write that another site made the browser
    /// send is rejected, unless [`Builder::trusted_origins`](crate::app::Builder::trusted_origins) names its origin.
    #[derive(Clone, Copy, Debug)]
    pub struct Cookie {
        /// The cookie's name. The default is `__Host-axum-users`, without the prefix if the settings break its rules (RFC 6265bis,
        /// section 4.1.3.2).
        pub name: Option<&'static str> as impl Into<Option<&'static str>> = None,
        /// How long the browser keeps it; by default as long as the token is valid.
        pub max_age: CookieLifetime as impl Into<CookieLifetime> = CookieLifetime::Token,
        /// The paths that it is sent to.
        pub path: &'static str = "/",
        /// The domain that it is sent to, with its subdomains; `None`: this host only.
        pub domain: Option<&'static str> as impl Into<Option<&'static str>> = None,
        /// Sets `Secure`: browsers send the cookie over TLS only. All browsers but Safari treat `localhost` as secure.
        pub secure: bool = true,
        /// Sets `HttpOnly`: scripts can't read the cookie.
        pub http_only: bool = true,
        /// Sets `SameSite`: which requests of other sites the cookie is sent with.
        pub same_site: SameSite = SameSite::Lax,
    }
}

impl Cookie {
    /// A cookie that the browser forgets when it is closed, with the other defaults.
    ///
    /// The session ends on the server when its token expires, all the same.
    #[must_use]
    pub fn session() -> Self {
        Self::default().max_age(CookieLifetime::Browser)
    }

    pub(super) fn cookie_name(&self) -> &'static str {
        self.name.unwrap_or("axum-users")
    }

    fn header(&self, value: &str, max_age: Option<Duration>) -> Option<HeaderValue> {
        self.header_of(self.cookie_name(), value, max_age)
    }

    /// A cookie of the same scope.
    fn header_of(&self, name: &str, value: &str, max_age: Option<Duration>) -> Option<HeaderValue> {
        let mut cookie = cookie::Cookie::new(name, value);
        cookie.set_path(self.path);
        if let Some(domain) = self.domain {
            cookie.set_domain(domain);
        }
        cookie.set_secure(self.secure);
        cookie.set_http_only(self.http_only);
        cookie.set_same_site(cookie::SameSite::from(self.same_site));
        cookie.set_max_age(max_age.and_then(|age| time::Duration::try_from(age).ok()));
        let mut header = HeaderValue::from_str(&cookie.to_string()).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// The name of the cookie of a client that has logged in to an account. It has the same prefix.
    pub(super) fn name_of_known_client(&self) -> String {
        format!("{}-known", self.cookie_name())
    }

    fn respond(&self, value: &str, max_age: Option<Duration>) -> Response {
        let Some(header) = self.header(value, max_age) else {
            tracing::error!(cookie = self.cookie_name(), "a strategy's token can't be written as a cookie");
            return Rejection::Internal.into_response();
        };
        ([(SET_COOKIE, header)], Json(())).into_response()
    }
}

impl Cookie {
    pub(super) fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        let keeps_host_prefix = self.secure && self.path == "/" && self.domain.is_none();
        let rules = settings.compat.rules();
        let name = if keeps_host_prefix { Some(rules.host_cookie) } else { rules.plain_cookie };
        self.name = self.name.or(name);
        let refuse =
            |what: &str| Err(StartError::Setting(format!("the cookie `{}` {what}", self.cookie_name())));
        if self.same_site == SameSite::None && !self.secure {
            return refuse("has `same_site: None` and is not secure: browsers drop it");
        }
        if self.cookie_name().starts_with("__Host-") && !keeps_host_prefix {
            return refuse("has the prefix `__Host-`, so it must be secure, have the path `/` and no domain");
        }
        if let CookieLifetime::Fixed(lifetime) = self.max_age {
            if lifetime.as_secs() == 0 {
                return refuse("lives shorter than a second: browsers would delete it at once");
            }
            if time::Duration::try_from(lifetime).is_err() {
                return refuse("lives longer than can be written: make it shorter");
            }
        }
        if self.header("token", None).is_none() {
            return refuse("can't be written as a header");
        }
        Ok(())
    }

    pub(super) fn token<'r>(&self, headers: &'r HeaderMap) -> Option<&'r str> {
        only_cookie(headers, self.cookie_name())
    }

    pub(super) fn request_header(&self, token: &str) -> Result<HeaderValue, InvalidHeaderValue> {
        HeaderValue::try_from(format!("{}={token}", self.cookie_name()))
    }

    pub(super) fn login_response(&self, issued: &Issued, now: Timestamp) -> Response {
        let max_age = match self.max_age {
            CookieLifetime::Token => issued.expires_at.map(|end| whole_seconds(end.since(now))),
            CookieLifetime::Browser => None,
            CookieLifetime::Fixed(lifetime) => Some(lifetime),
        };
        self.respond(issued.access.expose(), max_age)
    }

    /// Has the client keep `value` for `lifetime`: the proof that it has logged in to an account. Returns whether it will.
    pub(super) fn keep_known_client(&self, value: &str, lifetime: Duration, response: &mut Response) -> bool {
        let header = self.header_of(&self.name_of_known_client(), value, Some(lifetime));
        let Some(header) = header else { return false };
        response.headers_mut().append(SET_COOKIE, header);
        true
    }

    pub(super) fn logout_response(&self) -> Response {
        self.respond("", Some(Duration::ZERO))
    }
}

/// `duration`, rounded up.
fn whole_seconds(duration: Duration) -> Duration {
    Duration::from_secs(duration.as_secs() + u64::from(duration.subsec_nanos() > 0))
}
