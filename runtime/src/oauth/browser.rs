//! What only the browser knows that began a sign-in: a cookie for each sign-in, for as long as that may take.

use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use cookie::{Cookie, SameSite};

use super::state::STATE_LIFETIME;
use crate::client::only_cookie;
use crate::compat::Compat;

/// How many sign-ins of a browser may be under way at once. With one more, the one that began first is given up.
const MAX_PENDING: usize = 8;

/// The length of the part of a sign-in's mark that its cookie's name contains: enough to tell a browser's sign-ins apart.
const MARK: usize = 16;

/// The cookies that tie sign-ins to their browser. Each sign-in has one, so that two tabs don't get into each other's way.
pub(crate) struct BrowserCookie {
    name: &'static str,
    secure: bool,
}

impl BrowserCookie {
    /// An app that is reached without TLS, on one's own machine, has cookies that browsers keep there.
    pub(super) fn new(compat: Compat, secure: bool) -> Self {
        let rules = compat.rules();
        let name = if secure { rules.host_oauth_cookie } else { rules.plain_oauth_cookie };
        Self { name, secure }
    }

    /// The browser's secret of the sign-in with this mark, which the state names.
    pub(crate) fn read<'r>(&self, request: &'r Parts, mark: &str) -> Option<&'r str> {
        only_cookie(&request.headers, &self.name_of(mark)?)
    }

    /// The headers by which the browser of `request` learns of one sign-in more. `None` where they can't be written.
    pub(crate) fn set(&self, mark: &str, value: &str, request: &Parts) -> Option<Vec<HeaderValue>> {
        let lifetime = time::Duration::try_from(STATE_LIFETIME).ok()?;
        let pending = self.pending(&request.headers);
        // Browsers send the older ones first (RFC 6265, 5.4).
        let given_up = pending.len().saturating_sub(MAX_PENDING - 1);
        let cleared = pending.into_iter().take(given_up);
        let cleared = cleared.filter_map(|name| self.header(name, "", time::Duration::ZERO));
        let set = self.header(&self.name_of(mark)?, value, lifetime)?;
        Some([set].into_iter().chain(cleared).collect())
    }

    /// The header by which the browser forgets a sign-in.
    pub(crate) fn clear(&self, mark: &str) -> Option<HeaderValue> {
        self.header(&self.name_of(mark)?, "", time::Duration::ZERO)
    }

    fn name_of(&self, mark: &str) -> Option<String> {
        mark.get(..MARK).map(|mark| format!("{}-{mark}", self.name))
    }

    /// The names of the cookies of sign-ins that are under way.
    fn pending<'h>(&self, headers: &'h HeaderMap) -> Vec<&'h str> {
        let is_mark = |mark: &str| {
            mark.len() == MARK && mark.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        let is_own = |name: &&str| {
            name.strip_prefix(self.name).and_then(|rest| rest.strip_prefix('-')).is_some_and(is_mark)
        };
        let cookies =
            headers.get_all(COOKIE).iter().flat_map(|header| header.as_bytes().split(|b| *b == b';'));
        let names = cookies.filter_map(|pair| pair.split(|b| *b == b'=').next());
        names.filter_map(|name| std::str::from_utf8(name.trim_ascii()).ok()).filter(is_own).collect()
    }

    /// Another site leads back here, by a link: `Lax` sends it along.
    fn header(&self, name: &str, value: &str, max_age: time::Duration) -> Option<HeaderValue> {
        let cookie = Cookie::build((name, value))
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
