//! The `Authorization: Bearer` header (RFC 6750).

use std::borrow::Cow;

use axum::Json;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::{SecurityScheme, Transport};

/// The token stands in `Authorization`; a sign-in is answered with it as JSON, as OAuth2's password flow has it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bearer;

#[derive(Serialize)]
struct TokenResponse<'a> {
    access_token: &'a str,
    token_type: &'static str,
}

impl Transport for Bearer {
    fn token<'r>(&self, request: &'r Parts) -> Option<Cow<'r, str>> {
        // Two headers are one too many: proxies differ in which of them they believe.
        let mut headers = request.headers.get_all(AUTHORIZATION).iter();
        let (Some(header), None) = (headers.next(), headers.next()) else { return None };
        let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
        let token = token.trim_matches(' ');
        let is_token = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && !token.contains(' ');
        is_token.then_some(token.into())
    }

    fn login_response(&self, token: &str) -> Response {
        Json(TokenResponse { access_token: token, token_type: "bearer" }).into_response()
    }

    fn logout_response(&self) -> Response {
        Json(()).into_response()
    }

    fn challenge(&self) -> &'static str {
        "Bearer"
    }

    fn security_scheme(&self) -> SecurityScheme {
        SecurityScheme::PasswordBearer
    }
}
