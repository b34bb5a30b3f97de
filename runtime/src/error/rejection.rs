//! The answer to a request that was not done, as it goes over the wire.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{ErrorCode, FieldError, Reauthentication};

/// Why a request was not done. It becomes an answer; nothing internal stands in it.
///
/// It is an error too: a hook that refuses returns one, and it is the answer.
#[derive(Debug, thiserror::Error)]
#[error("refused with {}", self.status())]
#[non_exhaustive]
pub enum Rejection {
    /// 401, with the challenge for `WWW-Authenticate`.
    Unauthorized(&'static str),
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// 405.
    MethodNotAllowed,
    /// 408: the body did not come in time.
    RequestTimeout,
    /// 413: the body is over its limit.
    ContentTooLarge,
    /// 415: the body is of a type that is not read here.
    UnsupportedMediaType,
    /// 400, 403 or 502 with a code.
    Code(ErrorCode),
    /// 400 with a code and the reason for it.
    InvalidPassword(ErrorCode, String),
    /// 403: the user must sign in again. Bearer backends challenge as RFC 9470 says.
    ReauthenticationRequired(Reauthentication),
    /// 422 with every mistake.
    Invalid(Vec<FieldError>),
    /// 429: it was tried too often; so long, and it may be tried again.
    TooManyRequests(Duration),
    /// 503: come again in so many seconds.
    Busy(Duration),
    /// 503: something that is needed is away. The cause has been logged.
    Unavailable,
    /// 500. The cause has been logged.
    Internal,
}

impl Rejection {
    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden
            | Self::ReauthenticationRequired(_)
            | Self::Code(ErrorCode::CrossSiteRequest | ErrorCode::RegisterNotAllowed) => {
                StatusCode::FORBIDDEN
            }
            Self::Code(ErrorCode::OauthProviderFailed) => StatusCode::BAD_GATEWAY,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::ContentTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Code(_) | Self::InvalidPassword(..) => StatusCode::BAD_REQUEST,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyRequests(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy(_) | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The code, or what stands in its place, in one word or two: for an address that tells a browser's page of it, say.
    #[cfg(any(feature = "oauth", feature = "openapi"))]
    pub(crate) fn word(&self) -> String {
        let detail = self.detail();
        let word = detail.as_str().or_else(|| detail["code"].as_str()).or(self.status().canonical_reason());
        word.unwrap_or_default().to_owned()
    }

    pub(crate) fn detail(&self) -> Value {
        match self {
            Self::Code(code) => json!(code),
            Self::InvalidPassword(code, reason) => json!({ "code": code, "reason": reason }),
            Self::Invalid(errors) => json!(errors),
            Self::ReauthenticationRequired(Reauthentication { max_age, methods, .. }) => json!({
                "code": ErrorCode::ReauthenticationRequired,
                "max_age": max_age.as_secs(),
                "methods": methods,
            }),
            Self::ContentTooLarge => json!("Content Too Large"),
            _ => json!(self.status().canonical_reason()),
        }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(json!({ "detail": self.detail() }))).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            Self::Unauthorized(challenge) => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
            }
            Self::ReauthenticationRequired(Reauthentication { max_age, challenge, .. })
                if challenge.starts_with("Bearer") =>
            {
                let max_age = max_age.as_secs();
                let challenge =
                    format!("Bearer error=\"insufficient_user_authentication\", max_age=\"{max_age}\"");
                if let Ok(challenge) = HeaderValue::from_str(&challenge) {
                    headers.insert(header::WWW_AUTHENTICATE, challenge);
                }
            }
            // The rest of the body is not waited for (RFC 9110, 15.5.9).
            Self::RequestTimeout => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Self::Busy(retry_after) | Self::TooManyRequests(retry_after) => {
                // Rounded up: whoever comes then is not too early.
                let seconds = retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0);
                headers.insert(header::RETRY_AFTER, seconds.max(1).into());
            }
            Self::Unavailable => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}
