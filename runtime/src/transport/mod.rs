//! How a token travels between client and server. It knows neither users nor how tokens are made.

mod bearer;
mod cookie;
mod cross_site;
mod security;

pub use self::bearer::Bearer;
#[cfg(feature = "oauth")]
pub(crate) use self::cookie::only_cookie;
pub use self::cookie::{Cookie, SameSite};
pub use self::cross_site::CrossSite;
pub use self::security::SecurityScheme;

use std::borrow::Cow;

use axum::http::request::Parts;
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

    /// The token that a request carries, or `None` where it carries none that can be read.
    ///
    /// # Errors
    ///
    /// When another site made the browser send it.
    fn token<'r>(&self, request: &'r Parts) -> Result<Option<Cow<'r, str>>, CrossSite>;

    /// Whether a sign-in may be answered: a browser must not be signed in by another site.
    ///
    /// # Errors
    ///
    /// When another site made the browser send it.
    fn check_login(&self, request: &Parts) -> Result<(), CrossSite> {
        let _ = request;
        Ok(())
    }

    /// Whether a read may start something for the user: a browser that is led to another service, and back with an
    /// account there, must not have been led here by another site.
    ///
    /// # Errors
    ///
    /// When another site made the browser send it.
    fn check_start(&self, request: &Parts) -> Result<(), CrossSite> {
        let _ = request;
        Ok(())
    }

    /// The answer to a sign-in, with the token in it.
    fn login_response(&self, token: &str) -> Response;

    /// Whether the answer to a sign-in carries the token in its headers alone, so that it may as well be a redirect: a
    /// browser that comes back from another service's sign-in gets one.
    fn is_set_by_headers(&self) -> bool {
        false
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
