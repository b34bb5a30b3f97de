//! Random tokens: how one begins, and how it is stored.
//!
//! In this crate's own layout it begins with the mark of its backend, three characters and `_`, so that no other backend asks
//! storage for it. FastAPI Users' tokens have no marks.

use crate::compat::Compat;
use crate::session::BackendName;
use crate::token::{JwtError, digest, random_token};

/// The length of 256 random bits as URL-safe characters.
const RANDOM: usize = 43;

/// Returns a new token of a backend.
pub(super) fn new_token(backend: BackendName, compat: Compat) -> Result<String, JwtError> {
    let mut token = random_token().map_err(|error| JwtError::Sign(error.into()))?;
    if compat.rules().marks_tokens {
        token.insert_str(0, &String::from_utf8_lossy(backend.mark()));
    }
    Ok(token)
}

/// Returns whether `token` has the form of one of this backend's.
pub(super) fn is_token_of(backend: BackendName, token: &str, compat: Compat) -> bool {
    let token = token.as_bytes();
    let random = if compat.rules().marks_tokens { token.strip_prefix(backend.mark()) } else { Some(token) };
    random.is_some_and(|random| {
        random.len() == RANDOM
            && random.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
    })
}

/// Returns how a token is named where it is stored.
pub(super) fn stored(token: &str, compat: Compat) -> String {
    if compat.rules().stores_digests { digest(token) } else { token.to_owned() }
}
