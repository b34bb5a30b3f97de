//! Errors of keys.

use super::algorithm::Algorithm;
use crate::secret::DerivationError;

/// The reason for which a key can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The algorithm requires a key pair, or does not take one.
    #[error("{} does not take this kind of key", .0.name())]
    WrongKind(Algorithm),
    /// It is not a key in PEM.
    #[cfg(feature = "key-pairs")]
    #[error("not a key in PEM (PKCS #8 for the private one)")]
    Pem(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The public key does not belong to the private key, or both are of another curve.
    #[cfg(feature = "key-pairs")]
    #[error("the keys are not a pair for {}", .0.name())]
    Mismatched(Algorithm),
    /// A secret is empty.
    #[error("a secret is empty: make one with `openssl rand -base64 32`")]
    Empty,
    /// No key can be derived from a secret.
    #[error(transparent)]
    Derivation(#[from] DerivationError),
}
