//! Random tokens, and the digest that is stored in place of one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// The system has no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the system has no randomness")]
pub struct NoRandomness(#[source] getrandom::Error);

/// Returns 256 random bits as 43 URL-safe characters, the form of Python's `secrets.token_urlsafe()`.
///
/// # Errors
///
/// When the system has no randomness.
pub fn random_token() -> Result<String, NoRandomness> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(NoRandomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The SHA-256 of a token as 43 URL-safe characters. A token has 256 random bits, so it needs no salt.
#[must_use]
pub fn digest(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}
