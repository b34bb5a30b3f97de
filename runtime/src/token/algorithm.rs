//! Algorithms that sign JWTs.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// An algorithm that signs JWTs. `none` and RSA are not supported; `ES256` and `EdDSA` require the feature `key-pairs`.
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
    /// Returns the name in the header of a token.
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

    /// Returns whether one secret both signs and verifies.
    #[must_use]
    pub fn is_hmac(self) -> bool {
        matches!(self, Self::HS256 | Self::HS384 | Self::HS512)
    }

    /// Returns the header of all tokens, in base64.
    pub(super) fn header(self) -> Arc<str> {
        URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{}","typ":"JWT"}}"#, self.name())).into()
    }
}
