//! Key pairs for JWTs: a private key that signs, public ones that verify (feature `key-pairs`).

use std::sync::Arc;

use jsonwebtoken::{DecodingKey, EncodingKey};

use super::algorithm::Algorithm;
use super::jwt_error::JwtError;
use super::key_error::KeyError;

/// One key signs, its public key and former ones verify. Clones share them.
#[derive(Clone)]
pub(super) struct Pair {
    algorithm: jsonwebtoken::Algorithm,
    signing: Arc<EncodingKey>,
    verifying: Vec<Arc<DecodingKey>>,
}

impl Pair {
    /// Reads a private key and its public key, each in PEM.
    ///
    /// # Errors
    ///
    /// If `algorithm` requires a secret, a key can't be parsed, or the keys do not belong together.
    pub(super) fn new(algorithm: Algorithm, private: &str, public: &str) -> Result<Self, KeyError> {
        install_provider();
        let private = private.as_bytes();
        let (implementation, signing) = match algorithm {
            Algorithm::ES256 => (jsonwebtoken::Algorithm::ES256, EncodingKey::from_ec_pem(private)),
            Algorithm::EdDSA => (jsonwebtoken::Algorithm::EdDSA, EncodingKey::from_ed_pem(private)),
            Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => {
                return Err(KeyError::WrongKind(algorithm));
            }
        };
        let signing = Arc::new(signing.map_err(|error| KeyError::Pem(error.into()))?);
        let mut pair = Self { algorithm: implementation, signing, verifying: Vec::new() };
        pair.push(public)?;
        // Otherwise keys that do not fit would fail at the first login.
        let probe = b"probe";
        match pair.sign(probe) {
            Ok(signature) if pair.verify(probe, &signature) => Ok(pair),
            _ => Err(KeyError::Mismatched(algorithm)),
        }
    }

    /// Returns the signature of `message`, in base64.
    pub(super) fn sign(&self, message: &[u8]) -> Result<String, JwtError> {
        jsonwebtoken::crypto::sign(message, &self.signing, self.algorithm)
            .map_err(|error| JwtError::Sign(error.into()))
    }

    /// Returns whether one of the keys has made `signature`.
    pub(super) fn verify(&self, message: &[u8], signature: &str) -> bool {
        self.verifying
            .iter()
            .any(|key| jsonwebtoken::crypto::verify(signature, message, key, self.algorithm).unwrap_or(false))
    }

    /// Adds a public key, in PEM.
    pub(super) fn push(&mut self, public: &str) -> Result<(), KeyError> {
        let key = match self.algorithm {
            jsonwebtoken::Algorithm::ES256 => DecodingKey::from_ec_pem(public.as_bytes()),
            _ => DecodingKey::from_ed_pem(public.as_bytes()),
        };
        self.verifying.push(Arc::new(key.map_err(|error| KeyError::Pem(error.into()))?));
        Ok(())
    }
}

/// jsonwebtoken panics at the first token where two providers are compiled in, or none, and none is chosen.
pub(crate) fn install_provider() {
    // An error says that one is installed already, which is as good.
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}
