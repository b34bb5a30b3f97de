//! A cookie, out of reach of scripts and of other sites.

use std::time::Duration;

use axum::Json;
use axum::http::header::{InvalidHeaderValue, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};

use crate::client::only_cookie;
use crate::error::Rejection;
use crate::session::Issued;
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

/// The token is in a cookie; a login returns `Set-Cookie` and nothing else.
///
/// The defaults are those of FastAPI Users, and so is the name under `compat`. A write that another site made the browser
/// send is rejected, unless [`Setup::trusted_origins`](crate::app::Setup::trusted_origins) names its origin.
#[derive(Clone, Copy, Debug)]
pub struct Cookie {
    /// The cookie's name; by default `__Host-axum-users`, without the prefix where its rules can't be kept.
    pub name: Option<&'static str>,
    /// How long the browser keeps it; `None`: until it is closed.
    pub max_age: Option<Duration>,
    /// For which paths it is sent.
    pub path: &'static str,
    /// For which domain it is sent; `None`: for this host alone.
    pub domain: Option<&'static str>,
    /// Whether it is sent over TLS alone. Browsers take `localhost` for secure, but for Safari.
    pub secure: bool,
    /// Whether scripts are kept from it.
    pub http_only: bool,
    /// Whether it is sent along when another site leads here.
    pub same_site: SameSite,
}

impl Cookie {
    const DEFAULT: Self = Self {
        name: None,
        max_age: None,
        path: "/",
        domain: None,
        secure: true,
        http_only: true,
        same_site: SameSite::Lax,
    };

    pub(super) fn name(&self) -> &'static str {
        self.name.unwrap_or("axum-users")
    }

    fn header(&self, value: &str, max_age: Option<Duration>) -> Option<HeaderValue> {
        self.header_of(self.name(), value, max_age)
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
        format!("{}-known", self.name())
    }

    fn respond(&self, value: &str, max_age: Option<Duration>) -> Response {
        let Some(header) = self.header(value, max_age) else {
            tracing::error!(cookie = self.name(), "a strategy's token can't be written as a cookie");
            return Rejection::Internal.into_response();
        };
        ([(SET_COOKIE, header)], Json(())).into_response()
    }
}

impl Default for Cookie {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// `Cookie` with its defaults, as a value.
#[expect(non_upper_case_globals, reason = "it reads like the struct that it is")]
#[doc(hidden)]
pub const Cookie: Cookie = Cookie::DEFAULT;

impl Cookie {
    pub(super) fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        let keeps_host_prefix = self.secure && self.path == "/" && self.domain.is_none();
        let rules = settings.compat.rules();
        let name = if keeps_host_prefix { Some(rules.host_cookie) } else { rules.plain_cookie };
        self.name = self.name.or(name);
        let refuse = |what: &str| Err(StartError::Setting(format!("the cookie `{}` {what}", self.name())));
        if self.same_site == SameSite::None && !self.secure {
            return refuse("has `same_site: None` and is not secure: browsers drop it");
        }
        if self.name().starts_with("__Host-") && !keeps_host_prefix {
            return refuse("has the prefix `__Host-`, so it must be secure, have the path `/` and no domain");
        }
        if self.header("token", self.max_age).is_none() {
            return refuse("can't be written as a header");
        }
        Ok(())
    }

    pub(super) fn token<'r>(&self, headers: &'r HeaderMap) -> Option<&'r str> {
        only_cookie(headers, self.name())
    }

    pub(super) fn request_header(&self, token: &str) -> Result<HeaderValue, InvalidHeaderValue> {
        HeaderValue::try_from(format!("{}={token}", self.name()))
    }

    pub(super) fn login_response(&self, issued: &Issued) -> Response {
        self.respond(issued.access.expose(), self.max_age)
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
