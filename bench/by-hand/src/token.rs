//! Random tokens, their digests, and where a request has one.

use std::time::Duration;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::Error;

/// How long a token lives.
pub(crate) const LIFETIME: Duration = Duration::from_secs(3600);

/// 256 random bits.
pub(crate) fn random() -> Result<String, Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored in place of a token.
pub(crate) fn digest(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}

/// The token in the header `Authorization`.
pub(crate) fn bearer(request: &Parts) -> Result<&str, Error> {
    let header = request.headers.get(AUTHORIZATION).ok_or(Error::Unauthorized)?;
    let header = header.to_str().map_err(|_| Error::Unauthorized)?;
    header.strip_prefix("Bearer ").ok_or(Error::Unauthorized)
}

/// The digest of the token in the header `Authorization`.
pub(crate) struct BearerDigest(pub(crate) String);

impl BearerDigest {
    pub(crate) fn of(request: &Parts) -> Result<Self, Error> {
        bearer(request).map(|token| Self(digest(token)))
    }
}

impl<S: Sync> FromRequestParts<S> for BearerDigest {
    type Rejection = Error;

    async fn from_request_parts(request: &mut Parts, _: &S) -> Result<Self, Error> {
        Self::of(request)
    }
}

#[derive(Serialize)]
struct BearerToken {
    access_token: String,
    token_type: &'static str,
}

/// What a sign-in is answered with.
pub(crate) fn issued(access_token: String) -> impl IntoResponse {
    Json(BearerToken { access_token, token_type: "bearer" })
}
