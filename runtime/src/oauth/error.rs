//! Why a provider did not do what it was asked. Nothing here holds a token, a code or an address with either.

use serde_json::Value;

use crate::http::AnswerError;

/// Why a provider did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OAuthError {
    /// The provider, or the user there, said no: an error code of RFC 6749, or of the provider's own.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// The ID token is not what this sign-in asked for.
    #[error("the ID token is not good: {0}")]
    IdToken(String),
    /// The provider answered something that is none of its answers, or that it is out of order.
    #[error("the provider failed: {0}")]
    Failed(String),
    /// The provider did not answer in time, or not at all.
    #[error("the provider can't be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The client is not set up for what it was asked.
    #[error("the client can't be used: {0}")]
    Setting(String),
}

impl OAuthError {
    /// The provider said `code`, which comes by way of the browser and so may be anything.
    pub(crate) fn refused(code: &str) -> Self {
        Self::Refused(error_code(&code.into()))
    }
}

/// An error's code, as far as it may stand in a log. Some write a number, and some an object that has it.
pub(super) fn error_code(error: &Value) -> String {
    let code = match error.get("code").unwrap_or(error) {
        Value::String(code) => code.clone(),
        Value::Number(code) => code.to_string(),
        _ => "no_code".to_owned(),
    };
    let plain = |c: char| if c.is_ascii_alphanumeric() || "_-.".contains(c) { c } else { '?' };
    code.chars().take(64).map(plain).collect()
}

/// Its address may hold a token.
impl From<reqwest::Error> for OAuthError {
    fn from(error: reqwest::Error) -> Self {
        Self::Unreachable(error.without_url())
    }
}

impl From<AnswerError> for OAuthError {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::TooLong => Self::Failed(error.to_string()),
            AnswerError::Unreachable(error) => error.into(),
        }
    }
}
