//! The cookies of a request.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// Returns the value of the one cookie called `name`. Of two, one was planted, and nothing tells which.
pub(crate) fn only_cookie<'r>(headers: &'r HeaderMap, name: &str) -> Option<&'r str> {
    // Bytes, since other cookies may hold what is no text.
    let mut values = headers
        .get_all(COOKIE)
        .iter()
        .flat_map(|header| header.as_bytes().split(|&byte| byte == b';'))
        .filter_map(|pair| pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"="));
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let value = std::str::from_utf8(value).ok()?.trim_matches('"');
    (!value.is_empty()).then_some(value)
}
