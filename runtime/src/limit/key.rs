//! What is counted, as counters know it: a keyed digest, from which neither an address nor an account can be read.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::digest::InvalidLength;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::secret::Secret;

/// What is counted: a digest of the limit's name and of who it is about, under the app's secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 16]);

impl Key {
    /// The digest.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// One of few keys, whatever this one is: what those share who are too many to be counted each.
    pub(super) fn shared(self) -> Self {
        let mut bytes = [0; 16];
        bytes[0] = self.0[0];
        Self(bytes)
    }
}

/// URL-safe base64, 22 characters.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

/// Makes keys.
pub(super) struct Keyed(Hmac<Sha256>);

impl Keyed {
    pub(super) fn new(secret: &Secret) -> Result<Self, InvalidLength> {
        Hmac::new_from_slice(secret.expose()).map(Self)
    }

    /// The key of a limit and whom it is about. Each part has its length before it: no two run into the same text.
    pub(super) fn key(&self, limit: &str, parts: &[&str]) -> Key {
        let mut mac = self.0.clone();
        // No token begins so, nor a fingerprint.
        mac.update(b"axum-users limit\0");
        for part in std::iter::once(&limit).chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        let digest = mac.finalize().into_bytes();
        Key(std::array::from_fn(|index| digest[index]))
    }
}
