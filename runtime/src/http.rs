//! Calls of other servers: within a time, within a size, and never on to where an answer leads (OWASP ASVS 15.3.2). It
//! knows nothing of what is asked there.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, ClientBuilder, Request, StatusCode, redirect};
use url::{Host, Url};

/// A client whose calls take no longer than `timeout`.
pub(crate) fn client(timeout: Duration) -> ClientBuilder {
    Client::builder()
        .timeout(timeout)
        .connect_timeout(Duration::from_secs(5))
        .redirect(redirect::Policy::none())
        .user_agent(concat!("axum-users/", env!("CARGO_PKG_VERSION")))
}

/// The answer to a request.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    #[cfg_attr(not(feature = "oauth"), expect(dead_code, reason = "only OAuth providers' headers are read"))]
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// The answer to a request, with a body of at most `limit` bytes.
///
/// # Errors
///
/// When there is no answer in time, or one that is longer.
pub(crate) async fn answer(client: &Client, request: Request, limit: usize) -> Result<Answer, AnswerError> {
    let mut response = client.execute(request).await?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Err(AnswerError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status: response.status(), headers: std::mem::take(response.headers_mut()), body })
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnswerError {
    /// It is longer than it may be.
    #[error("an answer that does not end")]
    TooLong,
    /// The server did not answer in time, or not at all.
    #[error("the server can't be reached")]
    Unreachable(#[source] reqwest::Error),
}

/// Its address may hold what is nobody's business.
impl From<reqwest::Error> for AnswerError {
    fn from(error: reqwest::Error) -> Self {
        Self::Unreachable(error.without_url())
    }
}

/// Whether a URL is one of http at a loopback address: for tests and development.
pub(crate) fn is_on_this_machine(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "http" && is_loopback
}
