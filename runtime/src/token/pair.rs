//! Key pairs for JWTs: a private key that signs, public ones that verify (feature `key-pairs`).

use std::sync::Arc;

use jsonwebtoken::{DecodingKey, EncodingKey};

use super::jwt::JwtError;
use super::keys::{Algorithm, JwtKeys, KeyError};
use super::signature::Keys;

/// One key signs, its public key and former ones verify. Clones share them.
#[derive(Clone)]
pub(super) struct Pair {
    algorithm: jsonwebtoken::Algorithm,
    signing: Arc<EncodingKey>,
    verifying: Vec<Arc<DecodingKey>>,
}

impl Pair {
    /// The signature of `message`, in base64.
    pub(super) fn sign(&self, message: &[u8]) -> Result<String, JwtError> {
        jsonwebtoken::crypto::sign(message, &self.signing, self.algorithm)
            .map_err(|error| JwtError::Sign(error.into()))
    }

    /// Whether one of the keys has made `signature`.
    pub(super) fn verify(&self, message: &[u8], signature: &str) -> bool {
        self.verifying
            .iter()
            .any(|key| jsonwebtoken::crypto::verify(signature, message, key, self.algorithm).unwrap_or(false))
    }

    /// One more public key, in PEM.
    fn push(&mut self, public: &str) -> Result<(), KeyError> {
        let key = match self.algorithm {
            jsonwebtoken::Algorithm::ES256 => DecodingKey::from_ec_pem(public.as_bytes()),
            _ => DecodingKey::from_ed_pem(public.as_bytes()),
        };
        self.verifying.push(Arc::new(key.map_err(KeyError::Pem)?));
        Ok(())
    }
}

impl JwtKeys {
    /// A key pair for `ES256` or `EdDSA`, each key in PEM (feature `key-pairs`).
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
        let mut pair = Pair { algorithm: implementation, signing, verifying: Vec::new() };
        pair.push(public)?;
        // What does not fit would else show itself at the first sign-in.
        let probe = b"probe";
        match pair.sign(probe) {
            Ok(signature) if pair.verify(probe, &signature) => {
                Ok(Self { algorithm, header: algorithm.header(), keys: Keys::Pair(pair), is_weak: false })
            }
            _ => Err(KeyError::Mismatched(algorithm)),
        }
    }

    /// A former public key in PEM, which still verifies (feature `key-pairs`).
    ///
    /// # Errors
    ///
    /// When the key can't be read, or the algorithm has none.
    pub fn or(mut self, public: &str) -> Result<Self, KeyError> {
        let Keys::Pair(pair) = &mut self.keys else { return Err(KeyError::WrongKind(self.algorithm)) };
        pair.push(public)?;
        Ok(self)
    }
}

/// jsonwebtoken panics at the first token where two providers are compiled in, or none, and none is chosen.
pub(crate) fn install_provider() {
    // An error says that one is installed already, which is as good.
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}
