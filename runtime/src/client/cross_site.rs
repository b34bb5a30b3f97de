//! Whether another site made this browser send a request (OWASP ASVS 5.0, 3.5.1): by Fetch Metadata, else by `Origin`,
//! else by `Referer`.

use std::sync::Arc;

use axum::http::header::{HOST, ORIGIN, REFERER, UPGRADE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};

use super::TrustedProxies;
use super::origin::Origin;

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Another site made this browser send the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another site made this browser send the request")]
pub struct CrossSite;

/// An entry of `Builder::trusted_origins` is not an origin.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` in `trusted_origins` is not an origin: expected a scheme, a host and, unless it is the default, a port, \
     as in `https://app.camelot.bt` or `http://localhost:5173`"
)]
pub struct OriginError(String);

/// The sites whose pages may have a browser write: the app's own, and the origins that it trusts.
#[derive(Clone, Debug, Default)]
pub struct Sites {
    own: Option<Origin>,
    trusted: Arc<[Origin]>,
    proxies: TrustedProxies,
}

impl Sites {
    /// The app's own site and these origins. `base_url` is where browsers find the app, if the configuration says it.
    ///
    /// # Errors
    ///
    /// When one of `trusted` is not an origin.
    pub(crate) fn new(
        base_url: Option<&str>,
        trusted: &[String],
        proxies: TrustedProxies,
    ) -> Result<Self, OriginError> {
        let trusted = trusted.iter().map(|text| Origin::parse(text).ok_or_else(|| OriginError(text.clone())));
        Ok(Self {
            own: base_url.and_then(Origin::of_url),
            trusted: trusted.collect::<Result<_, _>>()?,
            proxies,
        })
    }

    /// Accepts reads, and writes that no other site made this browser send. A WebSocket handshake is a write: the socket
    /// can do anything that its user may do.
    ///
    /// # Errors
    ///
    /// When another site made this browser send a write.
    pub(crate) fn check_write(&self, request: &Parts) -> Result<(), CrossSite> {
        if is_write(request) { self.check(request) } else { Ok(()) }
    }

    /// Accepts requests that no other site made this browser send, and those of clients that are no browsers.
    ///
    /// # Errors
    ///
    /// When another site made this browser send the request.
    pub(crate) fn check(&self, request: &Parts) -> Result<(), CrossSite> {
        let headers = &request.headers;
        let origin = Value::of(headers, &ORIGIN);
        let named = match origin {
            Value::Text(text) => Origin::parse(text),
            Value::Absent | Value::Unreadable => None,
        };
        if named.as_ref().is_some_and(|origin| self.trusted.contains(origin)) {
            return Ok(());
        }
        let is_same = match (Value::of(headers, &SEC_FETCH_SITE), origin) {
            (Value::Text(site), _) => matches!(site, "same-origin" | "none"),
            (Value::Unreadable, _) | (Value::Absent, Value::Unreadable) => false,
            (Value::Absent, Value::Text(_)) => named.is_some_and(|origin| self.is_own(&origin, request)),
            (Value::Absent, Value::Absent) => self.is_referer_accepted(request),
        };
        if is_same { Ok(()) } else { Err(CrossSite) }
    }

    /// Browsers of the last years send `Sec-Fetch-Site` or `Origin` with a write. Older ones send `Referer`, unless the
    /// page keeps them from it; what sends none of them is taken for no browser.
    fn is_referer_accepted(&self, request: &Parts) -> bool {
        let mut referers = request.headers.get_all(REFERER).iter();
        referers.all(|referer| {
            let referer = String::from_utf8_lossy(referer.as_bytes());
            // `about:blank` and a path name no other site (RFC 9110, 10.1.3).
            !referer.contains("://")
                || Origin::of_url(&referer)
                    .is_some_and(|origin| self.trusted.contains(&origin) || self.is_own(&origin, request))
        })
    }

    /// Whether `origin` is where the request was sent to. Behind a proxy that ends TLS the app sees plain HTTP, so the
    /// scheme is what a trusted proxy or `base_url` says. Where nothing tells it, only host and port are compared.
    fn is_own(&self, origin: &Origin, request: &Parts) -> bool {
        if self.own.as_ref() == Some(origin) {
            return true;
        }
        let Some(host) = host(request) else { return false };
        let scheme = self.scheme(request, host).unwrap_or(origin.scheme());
        origin.is_web() && Origin::at(scheme, host).as_ref() == Some(origin)
    }

    /// The scheme that browsers reach `host` by, as far as anything tells it.
    fn scheme(&self, request: &Parts, host: &str) -> Option<&str> {
        // A plain `http` may be the last hop's, behind a proxy.
        let own_tls = request.uri.scheme_str().filter(|scheme| *scheme == "https").map(|_| "https");
        let configured =
            || self.own.as_ref().filter(|own| Origin::at(own.scheme(), host).as_ref() == Some(own));
        self.proxies.scheme(request).or(own_tls).or_else(|| configured().map(Origin::scheme))
    }
}

/// Where a refused request says that it comes from and goes to, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SaidSites {
    pub(crate) origin: Option<String>,
    pub(crate) host: Option<String>,
}

impl SaidSites {
    /// The longest text that is logged of either, in characters.
    const MAX_CHARS: usize = 200;

    pub(crate) fn of(request: &Parts) -> Self {
        let text =
            |bytes: &[u8]| String::from_utf8_lossy(bytes).chars().take(Self::MAX_CHARS).collect::<String>();
        let origin = request.headers.get(ORIGIN).map(|origin| text(origin.as_bytes()));
        let referer = || {
            let referer = text(request.headers.get(REFERER)?.as_bytes());
            let (scheme, rest) = referer.split_once("://")?;
            // Its path and query may hold a token.
            Some(format!("{scheme}://{}", rest.split(['/', '?', '#']).next()?))
        };
        Self { origin: origin.or_else(referer), host: host(request).map(|host| text(host.as_bytes())) }
    }
}

fn host(request: &Parts) -> Option<&str> {
    let header = request.headers.get(HOST).and_then(|host| host.to_str().ok());
    header.or_else(|| request.uri.authority().map(|authority| authority.as_str()))
}

/// Whether a request may change something.
pub(crate) fn is_write(request: &Parts) -> bool {
    !request.method.is_safe() || is_handshake(&request.headers)
}

/// Whether a request opens a WebSocket (RFC 6455, 4.1). Over HTTP/2 it is a CONNECT (RFC 8441), which is not safe anyway.
fn is_handshake(headers: &HeaderMap) -> bool {
    let names = |name: &HeaderName| {
        let values = headers.get_all(name).iter();
        values
            .flat_map(|value| value.as_bytes().split(|&byte| byte == b','))
            .any(|token| token.trim_ascii().eq_ignore_ascii_case(b"websocket"))
    };
    names(&UPGRADE) || names(&SEC_FETCH_MODE)
}

/// The one value of a header. A value that is no text, and one of several, is none that a browser sends.
#[derive(Clone, Copy)]
enum Value<'r> {
    Absent,
    Text(&'r str),
    Unreadable,
}

impl<'r> Value<'r> {
    fn of(headers: &'r HeaderMap, name: &HeaderName) -> Self {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Self::Absent,
            (Some(value), None) => value.to_str().map_or(Self::Unreadable, Self::Text),
            (Some(_), Some(_)) => Self::Unreadable,
        }
    }
}
