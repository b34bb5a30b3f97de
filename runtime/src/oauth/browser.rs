//! What only the browser knows that began a sign-in: a cookie, for as long as that may take.

use axum::http::HeaderValue;
use axum::http::request::Parts;
use cookie::{Cookie, SameSite};

use super::state::STATE_LIFETIME;
use crate::layout::Layout;
use crate::transport::only_cookie;

/// The cookie that ties a sign-in to its browser.
pub(crate) struct BrowserCookie {
    name: &'static str,
    secure: bool,
}

impl BrowserCookie {
    /// An app that is reached without TLS, on one's own machine, has a cookie that browsers keep there.
    pub(super) fn new(layout: Layout, secure: bool) -> Self {
        let name = match (layout, secure) {
            (Layout::FastApiUsers, _) => "fastapiusersoauthcsrf",
            (Layout::Own, true) => "__Host-axum-users-oauth",
            (Layout::Own, false) => "axum-users-oauth",
        };
        Self { name, secure }
    }

    pub(crate) fn read<'r>(&self, request: &'r Parts) -> Option<&'r str> {
        only_cookie(&request.headers, self.name)
    }

    pub(crate) fn set(&self, value: &str) -> Option<HeaderValue> {
        let lifetime = time::Duration::try_from(STATE_LIFETIME).ok()?;
        self.header(value, lifetime)
    }

    pub(crate) fn clear(&self) -> Option<HeaderValue> {
        self.header("", time::Duration::ZERO)
    }

    /// Another site leads back here, by a link: `Lax` sends it along.
    fn header(&self, value: &str, max_age: time::Duration) -> Option<HeaderValue> {
        let cookie = Cookie::build((self.name, value))
            .path("/")
            .secure(self.secure)
            .http_only(true)
            .same_site(SameSite::Lax)
            .max_age(max_age);
        let mut header = HeaderValue::from_str(&cookie.to_string()).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}
