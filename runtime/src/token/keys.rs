//! Keys for JWTs: one algorithm, one key that signs, and all that verify.

use std::sync::Arc;

use jsonwebtoken::{DecodingKey, EncodingKey};

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

    pub(super) fn implementation(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::HS256 => jsonwebtoken::Algorithm::HS256,
            Self::HS384 => jsonwebtoken::Algorithm::HS384,
            Self::HS512 => jsonwebtoken::Algorithm::HS512,
            Self::ES256 => jsonwebtoken::Algorithm::ES256,
            Self::EdDSA => jsonwebtoken::Algorithm::EdDSA,
        }
    }
}

/// An algorithm and its keys, ready for use. Clones share them.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct JwtKeys {
    pub(super) algorithm: Algorithm,
    pub(super) signing: Arc<EncodingKey>,
    pub(super) verifying: Vec<Arc<DecodingKey>>,
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
}

impl JwtKeys {
    /// Keys for `HS256`, `HS384` or `HS512`: the first secret signs, all verify.
    ///
    /// # Errors
    ///
    /// When `algorithm` wants a key pair.
    pub fn hmac(algorithm: Algorithm, secrets: &Secrets) -> Result<Self, KeyError> {
        if !algorithm.is_hmac() {
            return Err(KeyError::WrongKind(algorithm));
        }
        install_provider();
        Ok(Self {
            algorithm,
            signing: Arc::new(EncodingKey::from_secret(secrets.current().expose())),
            verifying: secrets
                .iter()
                .map(|secret| Arc::new(DecodingKey::from_secret(secret.expose())))
                .collect(),
        })
    }

    /// A key pair for `ES256` or `EdDSA`, each key in PEM.
    ///
    /// # Errors
    ///
    /// When `algorithm` wants a secret, or a key can't be read.
    pub fn pair(algorithm: Algorithm, private: &str, public: &str) -> Result<Self, KeyError> {
        if algorithm.is_hmac() {
            return Err(KeyError::WrongKind(algorithm));
        }
        install_provider();
        let private = private.as_bytes();
        let signing = match algorithm {
            Algorithm::ES256 => EncodingKey::from_ec_pem(private),
            _ => EncodingKey::from_ed_pem(private),
        };
        let keys =
            Self { algorithm, signing: Arc::new(signing.map_err(KeyError::Pem)?), verifying: Vec::new() };
        keys.or(public)
    }

    /// A former public key in PEM, which still verifies.
    ///
    /// # Errors
    ///
    /// When the key can't be read, or the algorithm has none.
    pub fn or(mut self, public: &str) -> Result<Self, KeyError> {
        let public = public.as_bytes();
        let verifying = match self.algorithm {
            Algorithm::ES256 => DecodingKey::from_ec_pem(public),
            Algorithm::EdDSA => DecodingKey::from_ed_pem(public),
            Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => {
                return Err(KeyError::WrongKind(self.algorithm));
            }
        };
        self.verifying.push(Arc::new(verifying.map_err(KeyError::Pem)?));
        Ok(self)
    }

    /// The algorithm, which is the only one that these keys verify.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

/// jsonwebtoken panics at the first token where two providers are compiled in, or none, and none is chosen.
fn install_provider() {
    // An error says that one is installed already, which is as good.
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}
