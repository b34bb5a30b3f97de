//! What a provider's token endpoint answers.

use reqwest::StatusCode;
use serde_json::{Map, Value};
use zeroize::ZeroizeOnDrop;

use super::OAuthError;
use super::error::refusal;
use crate::clock::Timestamp;

/// The tokens of a user at a provider, in clear.
#[derive(Clone, ZeroizeOnDrop)]
#[expect(missing_debug_implementations, reason = "it holds tokens")]
pub struct ProviderTokens {
    /// What the provider's own interface is called with.
    pub access_token: String,
    /// What renews it.
    pub refresh_token: Option<String>,
    /// When the access token expires, in seconds since 1970.
    #[zeroize(skip)]
    pub expires_at: Option<i64>,
    pub(super) id_token: Option<String>,
}

impl ProviderTokens {
    /// Tokens that were kept.
    #[must_use]
    pub fn new(access_token: String, refresh_token: Option<String>, expires_at: Option<i64>) -> Self {
        Self { access_token, refresh_token, expires_at, id_token: None }
    }

    /// Reads the answer of a token endpoint (RFC 6749, 5.1). Some report an error with a 200.
    pub(super) fn read(answer: &Map<String, Value>, now: Timestamp) -> Result<Self, OAuthError> {
        if answer.contains_key("error") {
            return Err(refusal(&Value::Object(answer.clone()), StatusCode::OK));
        }
        let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
        let access_token = text("access_token").filter(|token| !token.is_empty());
        let access_token = access_token
            .ok_or_else(|| OAuthError::Failed("an answer to a code without an access token".to_owned()))?;
        Ok(Self {
            access_token,
            refresh_token: text("refresh_token").filter(|token| !token.is_empty()),
            expires_at: answer.get("expires_in").and_then(seconds).map(|seconds| now.seconds() + seconds),
            id_token: text("id_token"),
        })
    }
}

/// Some write the number as text, or with a fraction, which is dropped.
fn seconds(value: &Value) -> Option<i64> {
    // No token lives longer, and nothing overflows.
    const LONGEST: u32 = 10 * 366 * 24 * 3600;
    let text = value.as_str().map(str::trim);
    if let Some(whole) = value.as_i64().or_else(|| text?.parse().ok()) {
        return Some(whole.clamp(0, LONGEST.into()));
    }
    let fraction: f64 = value.as_f64().or_else(|| text?.parse().ok())?;
    #[expect(clippy::cast_possible_truncation, reason = "it is within the bounds")]
    (0.0..f64::from(LONGEST)).contains(&fraction).then_some(fraction as i64)
}
