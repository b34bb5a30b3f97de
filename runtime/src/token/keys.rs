//! Keys for JWTs: one algorithm, one key that signs, and all that verify.

use std::sync::Arc;

use super::algorithm::Algorithm;
use super::key_error::KeyError;
#[cfg(feature = "key-pairs")]
use super::pair::Pair;
use super::signature::{HmacKey, Keys};
use crate::secret::{Keyring, Secrets};

/// An algorithm and its keys, ready for use: secrets, or with the feature `key-pairs` a pair. Clones share them.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct JwtKeys {
    pub(super) algorithm: Algorithm,
    pub(super) header: Arc<str>,
    pub(super) keys: Keys,
    pub(super) is_weak: bool,
}

impl JwtKeys {
    /// Keys for `HS256`, `HS384` or `HS512` from secrets of their own, such as a tenant's: the first one signs, all verify.
    /// The secrets are used as they are.
    ///
    /// # Errors
    ///
    /// When `algorithm` wants a key pair, or a secret is empty.
    pub fn hmac(algorithm: Algorithm, secrets: &Secrets) -> Result<Self, KeyError> {
        if secrets.is_empty() {
            return Err(KeyError::Empty);
        }
        let keys = Self::from_keyring(algorithm, &secrets.as_given())?;
        Ok(Self { is_weak: secrets.is_weak(), ..keys })
    }

    /// Keys for `HS256`, `HS384` or `HS512` from derived ones, such as
    /// [`Settings::session_keys`](crate::settings::Settings::session_keys): the first one signs, all verify.
    ///
    /// # Errors
    ///
    /// If `algorithm` requires a key pair.
    pub fn from_keyring(algorithm: Algorithm, keyring: &Keyring) -> Result<Self, KeyError> {
        let keys = keyring.iter().map(|key| HmacKey::new(algorithm, key.expose()));
        let keys = keys.collect::<Option<_>>().ok_or(KeyError::WrongKind(algorithm))?;
        Ok(Self { algorithm, header: algorithm.header(), keys: Keys::Hmac(keys), is_weak: false })
    }

    /// Reads a key pair for `ES256` or `EdDSA`, each key in PEM (feature `key-pairs`).
    ///
    /// # Errors
    ///
    /// If `algorithm` requires a secret, a key can't be parsed, or the keys do not belong together.
    #[cfg(feature = "key-pairs")]
    pub fn pair(algorithm: Algorithm, private: &str, public: &str) -> Result<Self, KeyError> {
        let keys = Keys::Pair(Pair::new(algorithm, private, public)?);
        Ok(Self { algorithm, header: algorithm.header(), keys, is_weak: false })
    }

    /// Adds a former public key in PEM, which still verifies (feature `key-pairs`).
    ///
    /// # Errors
    ///
    /// If the key can't be parsed, or the algorithm takes no key pair.
    #[cfg(feature = "key-pairs")]
    pub fn or(mut self, public: &str) -> Result<Self, KeyError> {
        let Keys::Pair(pair) = &mut self.keys else { return Err(KeyError::WrongKind(self.algorithm)) };
        pair.push(public)?;
        Ok(self)
    }

    /// Returns whether a secret given to [`hmac`](Self::hmac) is shorter than [`Secrets::MIN_BYTES`].
    /// Those of the app's configuration are checked when it starts.
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
