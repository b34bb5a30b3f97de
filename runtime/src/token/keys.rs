//! Keys for JWTs: one algorithm, one key that signs, and all that verify.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::signature::{HmacKey, Keys};
use crate::secret::Secrets;

/// How a JWT is signed. `none` and RSA are not among them; `ES256` and `EdDSA` are with the feature `key-pairs`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256.
    #[default]
    HS256,
    /// HMAC with SHA-384.
    HS384,
    /// HMAC with SHA-512.
    HS512,
    /// ECDSA on P-256 with SHA-256.
    #[cfg(feature = "key-pairs")]
    ES256,
    /// Ed25519.
    #[cfg(feature = "key-pairs")]
    EdDSA,
}

impl Algorithm {
    /// The name in a token's header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HS256 => "HS256",
            Self::HS384 => "HS384",
            Self::HS512 => "HS512",
            #[cfg(feature = "key-pairs")]
            Self::ES256 => "ES256",
            #[cfg(feature = "key-pairs")]
            Self::EdDSA => "EdDSA",
        }
    }

    /// Whether one secret both signs and verifies.
    #[must_use]
    pub fn is_hmac(self) -> bool {
        matches!(self, Self::HS256 | Self::HS384 | Self::HS512)
    }

    /// The header of a token, in base64. It is the same for all.
    pub(super) fn header(self) -> Arc<str> {
        URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{}","typ":"JWT"}}"#, self.name())).into()
    }
}

/// An algorithm and its keys, ready for use: secrets, or with the feature `key-pairs` a pair. Clones share them.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct JwtKeys {
    pub(super) algorithm: Algorithm,
    pub(super) header: Arc<str>,
    pub(super) keys: Keys,
    pub(super) is_weak: bool,
}

/// Why a key can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The algorithm wants a key pair, or wants none.
    #[error("{} does not take this kind of key", .0.name())]
    WrongKind(Algorithm),
    /// It is no key in PEM.
    #[cfg(feature = "key-pairs")]
    #[error("not a key in PEM (PKCS #8 for the private one)")]
    Pem(#[source] jsonwebtoken::errors::Error),
    /// The public key is not that of the private one, or they are of another curve.
    #[cfg(feature = "key-pairs")]
    #[error("the keys are not a pair for {}", .0.name())]
    Mismatched(Algorithm),
    /// A secret of no bytes.
    #[error("a secret is empty: make one with `openssl rand -base64 32`")]
    Empty,
}

impl JwtKeys {
    /// Keys for `HS256`, `HS384` or `HS512`: the first secret signs, all verify.
    ///
    /// # Errors
    ///
    /// When `algorithm` wants a key pair, or a secret is empty.
    pub fn hmac(algorithm: Algorithm, secrets: &Secrets) -> Result<Self, KeyError> {
        if secrets.is_empty() {
            return Err(KeyError::Empty);
        }
        let keys = secrets.iter().map(|secret| HmacKey::new(algorithm, secret.expose()));
        let keys = keys.collect::<Option<_>>().ok_or(KeyError::WrongKind(algorithm))?;
        Ok(Self { algorithm, header: algorithm.header(), keys: Keys::Hmac(keys), is_weak: secrets.is_weak() })
    }

    /// Whether a secret is shorter than [`Secret::MIN_BYTES`](crate::secret::Secret::MIN_BYTES).
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.is_weak
    }

    /// The algorithm, which is the only one that these keys verify.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
