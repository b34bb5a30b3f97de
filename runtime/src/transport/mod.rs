//! How a token travels between client and server. It knows neither users nor how tokens are made.

mod bearer;
mod cookie;
mod security;

pub use self::bearer::Bearer;
#[cfg(feature = "oauth")]
pub(crate) use self::cookie::only_cookie;
pub use self::cookie::{Cookie, SameSite};
pub use self::security::SecurityScheme;

use std::borrow::Cow;
use std::time::Duration;

use axum::http::header::{AUTHORIZATION, InvalidHeaderValue};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use crate::settings::{Settings, StartError};

/// How a token travels.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a transport",
    label = "not a transport",
    note = "a backend is `transport + strategy`: `Bearer + Jwt {{ lifetime: HOUR }}`, `Cookie + Database`",
    note = "a transport of your own implements `axum_users::transport::Transport`"
)]
pub trait Transport: Send + Sync + 'static {
    /// Checks the transport's own settings when the app starts, and fills in what is left open.
    ///
    /// # Errors
    ///
    /// When they contradict each other.
    fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        let _ = settings;
        Ok(())
    }

    /// Returns the token that a request carries, or `None` where it carries none that can be read.
    fn token<'r>(&self, request: &'r Parts) -> Option<Cow<'r, str>>;

    /// Whether browsers send the token by themselves, as they do with cookies. Then a write that another site made a
    /// browser send is rejected with 403 `CROSS_SITE_REQUEST`, and so is a WebSocket handshake. By default it is what
    /// [`security_scheme`](Self::security_scheme) says.
    fn is_sent_by_browsers(&self) -> bool {
        matches!(self.security_scheme(), SecurityScheme::Cookie(_))
    }

    /// What a client that holds `token` sends with each request, so that [`token`](Self::token) finds it there: what
    /// tests are signed in with. By default it is `Authorization: Bearer`.
    ///
    /// # Errors
    ///
    /// When `token` can't stand in a header.
    fn request_headers(&self, token: &str) -> Result<HeaderMap, InvalidHeaderValue> {
        let mut value = HeaderValue::try_from(format!("Bearer {token}"))?;
        value.set_sensitive(true);
        Ok(HeaderMap::from_iter([(AUTHORIZATION, value)]))
    }

    /// The answer to a sign-in, with the token in it.
    fn login_response(&self, token: &str) -> Response;

    /// Whether the answer to a sign-in carries the token in its headers alone, so that it may as well be a redirect: a
    /// browser that comes back from another service's sign-in gets one.
    fn is_set_by_headers(&self) -> bool {
        false
    }

    /// Has the client keep `value` for `lifetime`: the proof that it has logged in to an account, which keeps it from being
    /// locked out of that account by others. Returns whether the client will send it back. If not, its network is remembered.
    fn keep_known_client(&self, value: &str, lifetime: Duration, response: &mut Response) -> bool {
        let _ = (value, lifetime, response);
        false
    }

    /// The value that [`keep_known_client`](Self::keep_known_client) had the client keep.
    fn known_client<'r>(&self, request: &'r Parts) -> Option<Cow<'r, str>> {
        let _ = request;
        None
    }

    /// The answer to a sign-out.
    fn logout_response(&self) -> Response;

    /// What a 401 says in `WWW-Authenticate` (RFC 9110, 11.6.1).
    fn challenge(&self) -> &'static str;

    /// How a document of the routes says that the token is shown.
    fn security_scheme(&self) -> SecurityScheme {
        SecurityScheme::Header("Authorization")
    }
}
