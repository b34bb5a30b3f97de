//! Fetches a document that a provider publishes.

use reqwest::Method;
use serde_json::{Map, Value};

use crate::oauth::{Http, OAuthError};

/// Fetches a JSON object from `url`.
///
/// # Errors
///
/// If the provider fails or refuses: a refusal is a failure here, because no user has denied anything.
pub(super) async fn document(http: &Http, url: &str) -> Result<Map<String, Value>, OAuthError> {
    http.object(http.request(Method::GET, url)).await.map_err(|error| match error {
        OAuthError::Refused(code) => OAuthError::Failed(format!("an answer of {code}")),
        error => error,
    })
}
