//! Keys for JWTs: one algorithm, one key that signs, and all that verify.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};

use super::signature::{HmacKey, Keys};
use crate::secret::Secrets;

/// How a JWT is signed. `none` and RSA are not among them.
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
    ES256,
    /// Ed25519.
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
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
        }
    }

    /// Whether one secret both signs and verifies.
    #[must_use]
    pub fn is_hmac(self) -> bool {
        matches!(self, Self::HS256 | Self::HS384 | Self::HS512)
    }

    /// The header of a token, in base64. It is the same for all.
    fn header(self) -> Arc<str> {
        URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{}","typ":"JWT"}}"#, self.name())).into()
    }
}

/// An algorithm and its keys, ready for use. Clones share them.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct JwtKeys {
    pub(super) algorithm: Algorithm,
    pub(super) header: Arc<str>,
    pub(super) keys: Keys,
    is_weak: bool,
}

/// Why a key can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The algorithm wants a key pair, or wants none.
    #[error("{} does not take this kind of key", .0.name())]
    WrongKind(Algorithm),
    /// It is no key in PEM.
    #[error("not a key in PEM (PKCS #8 for the private one)")]
    Pem(#[source] jsonwebtoken::errors::Error),
    /// The public key is not that of the private one, or they are of another curve.
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

    /// A key pair for `ES256` or `EdDSA`, each key in PEM.
    ///
    /// # Errors
    ///
    /// When `algorithm` wants a secret, a key can't be read, or the two do not belong together.
    pub fn pair(algorithm: Algorithm, private: &str, public: &str) -> Result<Self, KeyError> {
        install_provider();
        let private = private.as_bytes();
        let (implementation, signing) = match algorithm {
            Algorithm::ES256 => (jsonwebtoken::Algorithm::ES256, EncodingKey::from_ec_pem(private)),
            Algorithm::EdDSA => (jsonwebtoken::Algorithm::EdDSA, EncodingKey::from_ed_pem(private)),
            Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => {
                return Err(KeyError::WrongKind(algorithm));
            }
        };
        let signing = Arc::new(signing.map_err(KeyError::Pem)?);
        let keys = Keys::Pair { algorithm: implementation, signing, verifying: Vec::new() };
        let keys = Self { algorithm, header: algorithm.header(), keys, is_weak: false }.or(public)?;
        // What does not fit would else show itself at the first sign-in.
        let probe = b"probe";
        match keys.keys.sign(probe) {
            Ok(signature) if keys.keys.verify(probe, &signature) => Ok(keys),
            _ => Err(KeyError::Mismatched(algorithm)),
        }
    }

    /// A former public key in PEM, which still verifies.
    ///
    /// # Errors
    ///
    /// When the key can't be read, or the algorithm has none.
    pub fn or(mut self, public: &str) -> Result<Self, KeyError> {
        let Keys::Pair { algorithm, verifying, .. } = &mut self.keys else {
            return Err(KeyError::WrongKind(self.algorithm));
        };
        let key = match algorithm {
            jsonwebtoken::Algorithm::ES256 => DecodingKey::from_ec_pem(public.as_bytes()),
            _ => DecodingKey::from_ed_pem(public.as_bytes()),
        };
        verifying.push(Arc::new(key.map_err(KeyError::Pem)?));
        Ok(self)
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

/// jsonwebtoken panics at the first token where two providers are compiled in, or none, and none is chosen.
pub(crate) fn install_provider() {
    // An error says that one is installed already, which is as good.
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}
