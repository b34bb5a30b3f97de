//! The `Authorization: Bearer` header (RFC 6750).

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

/// The token is in `Authorization`; a login returns it as JSON, as OAuth2's password flow does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bearer;

impl Bearer {
    pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
        // Two headers are one too many: proxies differ in which of them they believe.
        let mut headers = headers.get_all(AUTHORIZATION).iter();
        let (Some(header), None) = (headers.next(), headers.next()) else { return None };
        let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
        let token = token.trim_matches(' ');
        let is_token = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && !token.contains(' ');
        is_token.then_some(token)
    }
}
