//! Why a provider did not do what it was asked. Nothing here holds a token, a code or an address with either.

use std::borrow::Cow;

use reqwest::StatusCode;
use serde_json::Value;

use crate::error::Refusal;
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
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The client is not set up for what it was asked, here or at the provider.
    #[error("the client can't be used: {0}")]
    Setting(String),
}

impl OAuthError {
    /// Returns what a client learns of it.
    pub(crate) fn refusal(&self) -> Refusal {
        match self {
            Self::Refused(_) => Refusal::OauthRefused,
            Self::IdToken(_) => Refusal::OauthInvalidIdToken,
            Self::Failed(_) | Self::Unreachable(_) | Self::Setting(_) => Refusal::OauthProviderFailed,
        }
    }
}

/// How providers say that the app itself is at fault: its id, secret, redirect URI, scopes or registration. Users can't
/// help it.
const OPERATOR_MISTAKES: [&str; 30] = [
    // RFC 6749, 4.1.2.1 and 5.2
    "invalid_client",
    "unauthorized_client",
    "unsupported_response_type",
    "invalid_scope",
    // GitHub
    "incorrect_client_credentials",
    "application_suspended",
    // GitHub and Google
    "redirect_uri_mismatch",
    // Google
    "deleted_client",
    "disabled_client",
    // LinkedIn
    "invalid_redirect_uri",
    "unauthorized_scope_error",
    // Slack
    "bad_client_secret",
    "invalid_client_id",
    "bad_redirect_uri",
    // Twitch: the last two are messages
    "redirect_mismatch",
    "invalid client",
    "invalid client secret",
    // Facebook: the type and the code
    "OAuthException 1",
    "OAuthException 101",
    "OAuthException 191",
    // Kakao
    "KOE004",
    "KOE005",
    "KOE006",
    "KOE008",
    "KOE010",
    "KOE101",
    "KOE303",
    // Shopify
    "application_cannot_be_found",
    // X
    "client-not-enrolled",
    // Microsoft
    "invalid_resource",
];

/// Parts of the description of an `invalid_request` that is such a mistake: at Discord and at Naver.
const OPERATOR_DESCRIPTIONS: [&str; 2] = ["redirect_uri", "wrong client id"];

impl OAuthError {
    /// The provider said `code`, which comes by way of the browser and so may be anything.
    pub(crate) fn refused(code: &str) -> Self {
        if OPERATOR_MISTAKES.contains(&code) { Self::rejects_app(code) } else { Self::Refused(plain(code)) }
    }

    /// The provider does not take the app's own keys or settings.
    pub(super) fn rejects_app(code: &str) -> Self {
        let code = plain(code);
        Self::Setting(format!(
            "the provider rejects the app itself ({code}): check its client id, secret, redirect URI and scopes there"
        ))
    }
}

/// The error that the body of an error response reports.
pub(super) fn refusal(body: &Value, status: StatusCode) -> OAuthError {
    if let Some(mistake) = operator_mistake(body) {
        return OAuthError::rejects_app(&mistake);
    }
    match body.get("error") {
        Some(error) => OAuthError::Refused(error_code(error)),
        None => OAuthError::Refused(status.as_str().to_owned()),
    }
}

/// The mistake of the operator's that an answer reports, in whichever member the provider has its codes.
fn operator_mistake(body: &Value) -> Option<Cow<'_, str>> {
    let members = ["error", "error_code", "reason", "message"];
    let mut codes = members.into_iter().filter_map(|name| body.get(name)).flat_map(codes);
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let description = text("error_description").to_ascii_lowercase();
    let is_described = text("error") == "invalid_request"
        && OPERATOR_DESCRIPTIONS.iter().any(|part| description.contains(part));
    codes
        .find(|code| OPERATOR_MISTAKES.contains(&&**code))
        .or_else(|| is_described.then_some(Cow::Borrowed("invalid_request")))
}

/// The codes that a member of an error holds: a text, or of an object its code, alone and with its type.
fn codes(error: &Value) -> Vec<Cow<'_, str>> {
    let Value::Object(members) = error else {
        return error.as_str().map(Cow::Borrowed).into_iter().collect();
    };
    let code = match members.get("code") {
        Some(Value::String(code)) => Cow::Borrowed(&**code),
        Some(Value::Number(code)) => Cow::Owned(code.to_string()),
        _ => return Vec::new(),
    };
    let kind = members.get("type").and_then(Value::as_str);
    let with_kind = kind.map(|kind| Cow::Owned(format!("{kind} {code}")));
    [code].into_iter().chain(with_kind).collect()
}

/// An error's code, as far as it may stand in a log. Some write a number, and some an object that has it.
pub(super) fn error_code(error: &Value) -> String {
    match error.get("code").unwrap_or(error) {
        Value::String(code) => plain(code),
        Value::Number(code) => plain(&code.to_string()),
        _ => "no_code".to_owned(),
    }
}

fn plain(code: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "_-.".contains(c) { c } else { '?' };
    code.chars().take(64).map(plain).collect()
}

impl From<AnswerError> for OAuthError {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::TooLong => Self::Failed(error.to_string()),
            AnswerError::Unreachable(error) => Self::Unreachable(error.into()),
        }
    }
}
