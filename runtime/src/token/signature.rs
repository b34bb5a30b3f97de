//! Signatures of JWTs, made and checked with keys that are ready for use.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};

use super::algorithm::Algorithm;
use super::jwt_error::JwtError;
#[cfg(feature = "key-pairs")]
use super::pair::Pair;

/// The keys of one algorithm. Clones share them.
#[derive(Clone)]
pub(super) enum Keys {
    /// The first one signs, all verify.
    Hmac(Arc<[HmacKey]>),
    #[cfg(feature = "key-pairs")]
    Pair(Pair),
}

impl Keys {
    /// The signature of `message`, in base64.
    pub(super) fn sign(&self, message: &[u8]) -> Result<String, JwtError> {
        match self {
            Self::Hmac(keys) => {
                let key = keys.first().ok_or_else(|| JwtError::Sign("there is no key".into()))?;
                Ok(key.sign(message))
            }
            #[cfg(feature = "key-pairs")]
            Self::Pair(pair) => pair.sign(message),
        }
    }

    /// Whether one of the keys has made `signature`, in constant time where it is a secret.
    pub(super) fn verify(&self, message: &[u8], signature: &str) -> bool {
        match self {
            Self::Hmac(keys) => URL_SAFE_NO_PAD
                .decode(signature)
                .is_ok_and(|signature| keys.iter().any(|key| key.verify(message, &signature))),
            #[cfg(feature = "key-pairs")]
            Self::Pair(pair) => pair.verify(message, signature),
        }
    }
}

/// A secret that has gone through the hash already: a clone of it signs or verifies one message.
pub(super) enum HmacKey {
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
    Sha512(Hmac<Sha512>),
}

/// The same for each hash.
macro_rules! each_hash {
    ($key:expr, $mac:ident => $body:expr) => {
        match $key {
            HmacKey::Sha256($mac) => $body,
            HmacKey::Sha384($mac) => $body,
            HmacKey::Sha512($mac) => $body,
        }
    };
}

impl HmacKey {
    /// `None` where `algorithm` is none with a secret.
    pub(super) fn new(algorithm: Algorithm, secret: &[u8]) -> Option<Self> {
        match algorithm {
            Algorithm::HS256 => Hmac::new_from_slice(secret).ok().map(Self::Sha256),
            Algorithm::HS384 => Hmac::new_from_slice(secret).ok().map(Self::Sha384),
            Algorithm::HS512 => Hmac::new_from_slice(secret).ok().map(Self::Sha512),
            #[cfg(feature = "key-pairs")]
            Algorithm::ES256 | Algorithm::EdDSA => None,
        }
    }

    fn sign(&self, message: &[u8]) -> String {
        each_hash!(self, mac => {
            URL_SAFE_NO_PAD.encode(mac.clone().chain_update(message).finalize().into_bytes())
        })
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        each_hash!(self, mac => mac.clone().chain_update(message).verify_slice(signature).is_ok())
    }
}
