//! The response to a request that was refused or has failed.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{FieldError, Reauthentication, Refusal};

/// Why a request was refused or has failed. As a response it shows nothing internal.
///
/// It is an error, too: where a hook returns one, it is the response.
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
    /// 415: the body is of a type that this route does not read.
    UnsupportedMediaType,
    /// The status of the refusal, with its code if it has one.
    Refused(Refusal),
    /// 422, with every mistake.
    ValidationFailed(Vec<FieldError>),
    /// 503, with the time after which the client may try again as `Retry-After`.
    Busy(Duration),
    /// 503: something that is needed is unavailable. The cause has been logged.
    Unavailable,
    /// 500. The cause has been logged.
    Internal,
}

impl Rejection {
    /// Returns the status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Refused(refusal) => refusal.status(),
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::ContentTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::ValidationFailed(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Busy(_) | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Returns the code, or the reason phrase where there is none: for example, for the query of a redirect.
    #[cfg(any(feature = "oauth", feature = "openapi"))]
    pub(crate) fn word(&self) -> String {
        let detail = self.detail();
        let word = detail.as_str().or_else(|| detail["code"].as_str()).or(self.status().canonical_reason());
        word.unwrap_or_default().to_owned()
    }

    pub(crate) fn detail(&self) -> Value {
        match self {
            Self::Refused(refusal) => detail(refusal),
            Self::ValidationFailed(errors) => json!(errors),
            Self::ContentTooLarge => json!("Content Too Large"),
            Self::Unauthorized(_)
            | Self::Forbidden
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::RequestTimeout
            | Self::UnsupportedMediaType
            | Self::Busy(_)
            | Self::Unavailable
            | Self::Internal => json!(self.status().canonical_reason()),
        }
    }
}

fn detail(refusal: &Refusal) -> Value {
    let code = refusal.code();
    match refusal {
        Refusal::RegisterInvalidPassword(invalid)
        | Refusal::ResetPasswordInvalidPassword(invalid)
        | Refusal::UpdateUserInvalidPassword(invalid) => json!({ "code": code, "reason": invalid.reason }),
        Refusal::ReauthenticationRequired(Reauthentication { max_age, methods, .. }) => {
            json!({ "code": code, "max_age": max_age.as_secs(), "methods": methods })
        }
        Refusal::ForbiddenScope => {
            json!([FieldError::query("scopes", "a scope that this client does not ask for")])
        }
        refusal => json!(code.or(refusal.status().canonical_reason())),
    }
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
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
            Self::Refused(Refusal::SessionEnded) => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            // RFC 9470, section 3.
            Self::Refused(Refusal::ReauthenticationRequired(Reauthentication {
                max_age, challenge, ..
            })) if challenge.starts_with("Bearer") => {
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
            Self::Busy(retry_after) | Self::Refused(Refusal::TooMany(retry_after)) => {
                // Rounded up, so that the next attempt is not too early.
                let seconds = retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0);
                headers.insert(header::RETRY_AFTER, seconds.max(1).into());
            }
            Self::Unavailable => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::Refused(_)
            | Self::Forbidden
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::ContentTooLarge
            | Self::UnsupportedMediaType
            | Self::ValidationFailed(_)
            | Self::Internal => {}
        }
        response
    }
}
