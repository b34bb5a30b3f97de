//! How a token travels between client and server, as data. It knows neither users nor how tokens are made.

mod bearer;
mod cookie;
mod header;
mod security;

pub use self::bearer::Bearer;
pub use self::cookie::{Cookie, CookieLifetime, SameSite};
pub use self::header::Header;
pub use self::security::SecurityScheme;

use std::time::Duration;

use axum::Json;
use axum::http::header::{AUTHORIZATION, COOKIE, HeaderName, InvalidHeaderValue};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::clock::Timestamp;
use crate::session::Issued;
use crate::settings::{Settings, StartError};

/// How a token travels. What a document says of it, the challenge of a 401 and the rule for requests of other sites follow
/// from it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Transport {
    /// In `Authorization: Bearer`.
    Bearer(Bearer),
    /// In a header of the app's own.
    Header(Header),
    /// In a cookie.
    Cookie(Cookie),
}

/// A value that can be a transport in `auth_app!`. Settings of the app's own implement it, too.
///
/// ```
/// use axum_users::transport::{Cookie, IntoTransport, Transport};
///
/// /// A cookie for all subdomains.
/// #[derive(Default)]
/// struct SharedCookie;
///
/// impl IntoTransport for SharedCookie {
///     fn into_transport(self) -> Transport {
///         Cookie::default().domain("camelot.bt").into_transport()
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a transport",
    label = "not a transport",
    note = "a backend is `transport + strategy`: `Bearer + Jwt {{ lifetime: HOUR }}`, `Cookie + DatabaseSession`",
    note = "settings of your own implement `axum_users::transport::IntoTransport`"
)]
pub trait IntoTransport {
    /// Returns the transport.
    fn into_transport(self) -> Transport;
}

impl IntoTransport for Transport {
    fn into_transport(self) -> Transport {
        self
    }
}

impl IntoTransport for Bearer {
    fn into_transport(self) -> Transport {
        Transport::Bearer(self)
    }
}

impl IntoTransport for Header {
    fn into_transport(self) -> Transport {
        Transport::Header(self)
    }
}

impl IntoTransport for Cookie {
    fn into_transport(self) -> Transport {
        Transport::Cookie(self)
    }
}

/// The body of a login whose client keeps the token itself (RFC 6749, 5.1).
#[derive(Serialize)]
struct TokenResponse<'a> {
    access_token: &'a str,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
}

fn in_body(issued: &Issued, token_type: &'static str) -> Response {
    let refresh_token = issued.refresh.as_ref().map(|token| token.expose());
    Json(TokenResponse { access_token: issued.access.expose(), token_type, refresh_token }).into_response()
}

impl Transport {
    /// Checks the settings when the app starts, and fills in what is left open.
    pub(crate) fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        match self {
            Self::Bearer(_) => Ok(()),
            Self::Header(header) => header.prepare(),
            Self::Cookie(cookie) => cookie.prepare(settings),
        }
    }

    /// Returns the token that a request carries, or `None` if it carries none that can be read.
    pub(crate) fn token<'r>(&self, headers: &'r HeaderMap) -> Option<&'r str> {
        match self {
            Self::Bearer(_) => Bearer::token(headers),
            Self::Header(header) => header.token(headers),
            Self::Cookie(cookie) => cookie.token(headers),
        }
    }

    /// Returns whether browsers send the token by themselves, as they do with cookies. Then a write that another site made a
    /// browser send is rejected with 403 `CROSS_SITE_REQUEST`, and so is a WebSocket handshake (CSRF, CWE-352).
    pub(crate) fn is_sent_by_browsers(&self) -> bool {
        match self {
            Self::Bearer(_) | Self::Header(_) => false,
            Self::Cookie(_) => true,
        }
    }

    /// Returns the headers that a client with `token` sends with each request.
    #[cfg_attr(not(feature = "testing"), expect(dead_code, reason = "tests log in by it"))]
    pub(crate) fn request_headers(&self, token: &str) -> Result<HeaderMap, InvalidHeaderValue> {
        let (name, mut value) = match self {
            Self::Bearer(_) => (AUTHORIZATION, HeaderValue::try_from(format!("Bearer {token}"))?),
            Self::Header(header) => (HeaderName::from_static(header.name()), HeaderValue::try_from(token)?),
            Self::Cookie(cookie) => (COOKIE, cookie.request_header(token)?),
        };
        value.set_sensitive(true);
        Ok(HeaderMap::from_iter([(name, value)]))
    }

    /// Returns the response to a login, with the token.
    pub(crate) fn login_response(&self, issued: &Issued, now: Timestamp) -> Response {
        match self {
            Self::Bearer(_) => in_body(issued, "bearer"),
            Self::Header(_) => in_body(issued, "header"),
            Self::Cookie(cookie) => cookie.login_response(issued, now),
        }
    }

    /// Returns whether the response to a login has the token in its headers alone, so that it may as well be a redirect: a
    /// browser that comes back from an OAuth provider gets one.
    #[cfg_attr(not(feature = "oauth"), expect(dead_code, reason = "no browser comes back from a provider"))]
    pub(crate) fn is_set_by_headers(&self) -> bool {
        match self {
            Self::Bearer(_) | Self::Header(_) => false,
            Self::Cookie(_) => true,
        }
    }

    /// Has the client keep `value` for `lifetime`: the proof that it has logged in to an account, which keeps it from being
    /// locked out of that account by others. Returns whether the client will send it back. If not, its network is remembered.
    pub(crate) fn keep_known_client(&self, value: &str, lifetime: Duration, response: &mut Response) -> bool {
        match self {
            Self::Bearer(_) | Self::Header(_) => false,
            Self::Cookie(cookie) => cookie.keep_known_client(value, lifetime, response),
        }
    }

    /// Returns the name of the cookie by which the client is known.
    pub(crate) fn known_client_cookie(&self) -> Option<String> {
        match self {
            Self::Bearer(_) | Self::Header(_) => None,
            Self::Cookie(cookie) => Some(cookie.name_of_known_client()),
        }
    }

    /// Returns the response to a logout.
    pub(crate) fn logout_response(&self) -> Response {
        match self {
            Self::Bearer(_) | Self::Header(_) => Json(()).into_response(),
            Self::Cookie(cookie) => cookie.logout_response(),
        }
    }

    /// Returns what a 401 says in `WWW-Authenticate` (RFC 9110, 11.6.1).
    pub(crate) fn challenge(&self) -> &'static str {
        match self {
            Self::Bearer(_) => "Bearer",
            Self::Header(_) => "Header",
            Self::Cookie(_) => "Cookie",
        }
    }

    /// Returns how a document of the routes describes it.
    #[cfg_attr(not(feature = "openapi"), expect(dead_code, reason = "there is no document"))]
    pub(crate) fn security_scheme(&self) -> SecurityScheme {
        match self {
            Self::Bearer(_) => SecurityScheme::PasswordBearer,
            Self::Header(header) => SecurityScheme::Header(header.name()),
            Self::Cookie(cookie) => SecurityScheme::Cookie(cookie.cookie_name()),
        }
    }
}
