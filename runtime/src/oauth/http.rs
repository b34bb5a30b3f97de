//! Calls of a provider: within a time, within a size, and never on to where an answer leads (OWASP ASVS 15.3.2).

use std::time::Duration;

use reqwest::{Method, RequestBuilder, StatusCode, redirect};
use serde_json::{Map, Value};

use super::OAuthError;
use super::tokens::error_code;

/// How long a call may take, with all that is before its answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The most bytes of an answer that are read.
const LIMIT: usize = 512 * 1024;

/// Calls providers. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Http(reqwest::Client);

impl Http {
    /// # Errors
    ///
    /// When TLS can't be set up on this machine.
    pub(crate) fn new(timeout: Option<Duration>) -> Result<Self, OAuthError> {
        let client = reqwest::Client::builder()
            .timeout(timeout.unwrap_or(TIMEOUT))
            .connect_timeout(Duration::from_secs(5))
            .redirect(redirect::Policy::none())
            .user_agent(concat!("axum-users/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self(client))
    }

    pub(super) fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.0.request(method, url).header("accept", "application/json")
    }

    /// The JSON that a request is answered with.
    pub(super) async fn json(&self, request: RequestBuilder) -> Result<Value, OAuthError> {
        let (status, body) = self.answer(request).await?;
        read(status, &body)
    }

    /// The same, of an answer that is an object.
    pub(super) async fn object(&self, request: RequestBuilder) -> Result<Map<String, Value>, OAuthError> {
        match self.json(request).await? {
            Value::Object(object) => Ok(object),
            _ => Err(OAuthError::Failed("an answer that is no object".to_owned())),
        }
    }

    /// The body of a request's answer, read to its limit.
    pub(super) async fn answer(&self, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), OAuthError> {
        let mut response = request.send().await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > LIMIT {
                return Err(OAuthError::Failed("an answer that does not end".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((response.status(), body))
    }
}

/// The JSON of an answer, or what its status makes of it.
pub(super) fn read(status: StatusCode, body: &[u8]) -> Result<Value, OAuthError> {
    match (status, serde_json::from_slice::<Value>(body)) {
        (status, Ok(value)) if status.is_success() => Ok(value),
        (status, Ok(value)) if status.is_client_error() && value.get("error").is_some() => {
            Err(OAuthError::Refused(error_code(&value["error"])))
        }
        (status, _) if status.is_client_error() => Err(OAuthError::Refused(status.as_str().to_owned())),
        (status, Err(_)) if status.is_success() => {
            Err(OAuthError::Failed("an answer that is no JSON".to_owned()))
        }
        (status, _) => Err(OAuthError::Failed(format!("an answer of {status}"))),
    }
}
