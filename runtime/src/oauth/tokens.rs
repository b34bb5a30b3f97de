//! What a provider's token endpoint answers.

use serde_json::{Map, Value};
use zeroize::ZeroizeOnDrop;

use super::OAuthError;
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
        if let Some(error) = answer.get("error") {
            return Err(OAuthError::Refused(error_code(error)));
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

/// Some write the number as text.
fn seconds(value: &Value) -> Option<i64> {
    let seconds = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
    // Longer than any token lives, and no overflow.
    Some(seconds.clamp(0, 10 * 366 * 24 * 3600))
}

/// An error's code, as far as it may stand in a log. Some write a number, and some an object that has it.
pub(super) fn error_code(error: &Value) -> String {
    let code = match error.get("code").unwrap_or(error) {
        Value::String(code) => code.clone(),
        Value::Number(code) => code.to_string(),
        _ => "no_code".to_owned(),
    };
    code.chars()
        .take(64)
        .map(|c| if c.is_ascii_alphanumeric() || "_-.".contains(c) { c } else { '?' })
        .collect()
}
