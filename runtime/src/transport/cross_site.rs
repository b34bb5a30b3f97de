//! Whether another site made this browser write (OWASP ASVS 3.5.1): by Fetch Metadata, else by Origin.

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;

/// A write that another site made this browser send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another site made this browser send the request")]
pub struct CrossSite;

/// Lets reads pass, and writes of this site.
pub(super) fn check_write(request: &Parts, trusted: &[&str]) -> Result<(), CrossSite> {
    if request.method.is_safe() { Ok(()) } else { check_site(request, trusted) }
}

/// Lets requests of the same origin pass, of `trusted` ones, and of what is no browser.
pub(super) fn check_site(request: &Parts, trusted: &[&str]) -> Result<(), CrossSite> {
    let origin = text(&request.headers, ORIGIN.as_str());
    if origin.is_some_and(|origin| trusted.contains(&origin)) {
        return Ok(());
    }
    let is_same = match (text(&request.headers, "sec-fetch-site"), origin) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => is_own(origin, request),
        // Every browser of the last years sends one or the other with a write: this is none.
        (None, None) => true,
    };
    if is_same { Ok(()) } else { Err(CrossSite) }
}

/// Whether `origin` is where the request was sent to. `null` never is.
fn is_own(origin: &str, request: &Parts) -> bool {
    let host = text(&request.headers, HOST.as_str()).or_else(|| request.uri.authority().map(|a| a.as_str()));
    match (origin.split_once("://"), host) {
        (Some((_, authority)), Some(host)) => authority.eq_ignore_ascii_case(host),
        _ => false,
    }
}

fn text<'r>(headers: &'r HeaderMap, name: &str) -> Option<&'r str> {
    // A value that is no text is none that a browser sends, and counts as another site's.
    headers.get(name).map(|value| value.to_str().unwrap_or("cross-site"))
}
