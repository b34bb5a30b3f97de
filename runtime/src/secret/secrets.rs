//! The secrets of the configuration, and the keys that are derived from them.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::ZeroizeOnDrop;

use super::key_purpose::KeyPurpose;
use super::keyring::{Key, Keyring};
use crate::compat::Compat;

/// Only this file sees the bytes: everything else gets keys.
#[derive(Clone, ZeroizeOnDrop)]
struct Secret(Vec<u8>);

/// Secrets of the configuration in order of age: the first one signs, all of them verify.
///
/// To change a secret, put the new one in front and take the old one out when its last token has expired.
///
/// Nothing can read a secret back. An app signs and encrypts with keys that HKDF-SHA256 derives from it, one for each
/// purpose.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it must not be printed")]
pub struct Secrets(Vec<Secret>);

/// A key can't be derived.
#[derive(Debug, thiserror::Error)]
#[error("a key can't be derived: it would be longer than HKDF allows")]
pub struct DerivationError;

impl Secrets {
    /// The fewest bytes of a secret that an app starts with (RFC 7518, 3.2, for HS256).
    pub const MIN_BYTES: usize = 32;

    /// `current` signs and verifies.
    pub fn new(current: impl Into<Vec<u8>>) -> Self {
        Self(vec![Secret(current.into())])
    }

    /// `former` still verifies.
    #[must_use]
    pub fn or(mut self, former: impl Into<Vec<u8>>) -> Self {
        self.0.push(Secret(former.into()));
        self
    }

    /// Returns whether one is empty, which is no secret at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().any(|secret| secret.0.is_empty())
    }

    /// Returns whether one is shorter than [`Self::MIN_BYTES`].
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.0.iter().any(|secret| secret.0.len() < Self::MIN_BYTES)
    }

    /// Derives the keys for `purpose`, in the order of the secrets. Under `compat` the keys of what FastAPI Users signs
    /// are the secrets themselves.
    pub(crate) fn derive(&self, purpose: KeyPurpose, compat: Compat) -> Result<Keyring, DerivationError> {
        let derivation = purpose.derivation();
        if derivation.is_shared && compat.rules().shares_signing_keys {
            return Ok(self.as_given());
        }
        let key = |secret: &Secret| hkdf(&secret.0, derivation.label.as_bytes(), derivation.bytes);
        self.0.iter().map(key).collect::<Result<_, _>>().map(Keyring::new)
    }

    /// Returns the secrets themselves as keys: for secrets that the app gives to one purpose, such as a tenant's.
    pub(crate) fn as_given(&self) -> Keyring {
        Keyring::new(self.0.iter().map(|secret| Key::new(secret.0.clone())).collect())
    }
}

/// HKDF-SHA256 (RFC 5869) without a salt: the secrets are random.
fn hkdf(secret: &[u8], info: &[u8], bytes: usize) -> Result<Key, DerivationError> {
    let mut key = vec![0; bytes];
    Hkdf::<Sha256>::new(None, secret).expand(info, &mut key).map_err(|_| DerivationError)?;
    Ok(Key::new(key))
}

impl From<&str> for Secrets {
    fn from(secret: &str) -> Self {
        Self::new(secret)
    }
}

impl From<String> for Secrets {
    fn from(secret: String) -> Self {
        Self::new(secret)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn keys(secrets: &Secrets, purpose: KeyPurpose, compat: Compat) -> Vec<Vec<u8>> {
        let keyring = secrets.derive(purpose, compat).expect("keys");
        keyring.iter().map(|key| key.expose().to_vec()).collect()
    }

    /// RFC 5869, A.3: SHA-256 with neither salt nor info.
    #[test]
    fn it_is_the_hkdf_of_the_standard() {
        let key = hkdf(&[0x0b; 22], b"", 42).expect("a key");
        let expected = [
            0x8d, 0xa4, 0xe7, 0x75, 0xa5, 0x63, 0xc1, 0x8f, 0x71, 0x5f, 0x80, 0x2a, 0x06, 0x3c, 0x5a, 0x31,
            0xb8, 0xa1, 0x1f, 0x5c, 0x5e, 0xe1, 0x87, 0x9e, 0xc3, 0x45, 0x4e, 0x5f, 0x3c, 0x73, 0x8d, 0x2d,
            0x9d, 0x20, 0x13, 0x95, 0xfa, 0xa4, 0xb6, 0x1a, 0x96, 0xc8,
        ];
        assert_eq!(key.expose(), expected);
        assert!(hkdf(&[0x0b; 22], b"", 255 * 32 + 1).is_err());
    }

    /// A token is valid as long as this value stays: it was computed with Python's `hmac`.
    #[test]
    fn a_derived_key_never_changes() {
        let key = keys(&Secrets::new("excalibur"), KeyPurpose::Verify, Compat::None).remove(0);
        assert_eq!(key[..8], [0x6b, 0xd2, 0x21, 0x49, 0x95, 0xe1, 0x15, 0xd7]);
    }

    #[test]
    fn each_purpose_has_its_own_key() {
        let secrets = Secrets::new("excalibur");
        let all = KeyPurpose::ALL.iter().map(|&purpose| keys(&secrets, purpose, Compat::None).remove(0));
        // A longer key of the same label would begin like the shorter one.
        let beginnings = all.map(|key| key[..32].to_vec()).collect::<HashSet<_>>();
        assert_eq!(beginnings.len(), KeyPurpose::ALL.len());
        assert!(!beginnings.iter().any(|key| key.starts_with(b"excalibur")));
    }

    #[test]
    fn keys_have_the_order_of_their_secrets() {
        let secrets = Secrets::new("new").or("former").or("oldest");
        for compat in [Compat::None, Compat::FastApiUsers] {
            for &purpose in KeyPurpose::ALL {
                let alone = ["new", "former", "oldest"].map(|secret| keys(&secret.into(), purpose, compat));
                assert_eq!(keys(&secrets, purpose, compat), alone.concat(), "{purpose:?}");
            }
        }
    }

    #[test]
    fn compat_takes_the_secret_itself_where_fastapi_users_signs() {
        let secrets = Secrets::new("excalibur");
        let shared = KeyPurpose::ALL.iter().copied().filter(|&purpose| {
            let compatible = keys(&secrets, purpose, Compat::FastApiUsers);
            let is_shared = compatible == [b"excalibur"];
            assert!(is_shared || compatible == keys(&secrets, purpose, Compat::None), "{purpose:?}");
            is_shared
        });
        let expected =
            [KeyPurpose::Session, KeyPurpose::ResetPassword, KeyPurpose::Verify, KeyPurpose::OAuthState];
        assert_eq!(shared.collect::<Vec<_>>(), expected);
    }
}
