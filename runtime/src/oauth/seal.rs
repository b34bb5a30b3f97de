//! Providers' tokens as they are stored: sealed, and bound to the account that they are of. In clear under `compat`.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::compat::Compat;
use crate::secret::{Key, KeyPurpose, Secrets};

/// Seals with the first key and opens what was sealed with any.
pub(crate) enum Seal {
    /// FastAPI Users reads them as they are.
    Clear,
    Keys(Vec<RandomizedNonceKey>),
}

/// A token can't be sealed, or is not what was sealed for this account.
#[derive(Debug, thiserror::Error)]
#[error("a stored token can't be opened: it is another account's, or was sealed with a secret that is gone")]
pub struct SealError;

/// What stands before what is sealed, and says how.
const FORM: &str = "v1.";

impl Seal {
    pub(crate) fn new(compat: Compat, secrets: &Secrets) -> Result<Self, SealError> {
        if compat.rules().seals_provider_tokens {
            let keys = secrets.derive(KeyPurpose::ProviderTokens, compat).map_err(|_| SealError)?;
            keys.iter().map(key).collect::<Result<_, _>>().map(Self::Keys)
        } else {
            Ok(Self::Clear)
        }
    }

    /// Seals `token` for the row that `binding` tells.
    pub(crate) fn seal(&self, token: &str, binding: &str) -> Result<String, SealError> {
        let Self::Keys(keys) = self else { return Ok(token.to_owned()) };
        let mut sealed = token.as_bytes().to_vec();
        let key = keys.first().ok_or(SealError)?;
        let nonce = key
            .seal_in_place_append_tag(Aad::from(binding.as_bytes()), &mut sealed)
            .map_err(|_| SealError)?;
        let bytes = [nonce.as_ref().as_slice(), &sealed].concat();
        Ok(format!("{FORM}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Opens what was sealed for the same row.
    pub(crate) fn open(&self, stored: &str, binding: &str) -> Result<String, SealError> {
        let Self::Keys(keys) = self else { return Ok(stored.to_owned()) };
        let bytes = stored.strip_prefix(FORM).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let bytes = bytes.filter(|bytes| bytes.len() > NONCE_LEN).ok_or(SealError)?;
        let (nonce, sealed) = bytes.split_at(NONCE_LEN);
        keys.iter()
            .find_map(|key| {
                let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
                let mut sealed = sealed.to_vec();
                let token = key.open_in_place(nonce, Aad::from(binding.as_bytes()), &mut sealed).ok()?;
                String::from_utf8(token.to_vec()).ok()
            })
            .ok_or(SealError)
    }
}

fn key(key: &Key) -> Result<RandomizedNonceKey, SealError> {
    RandomizedNonceKey::new(&AES_256_GCM, key.expose()).map_err(|_| SealError)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(secrets: &Secrets) -> Seal {
        Seal::new(Compat::None, secrets).expect("keys")
    }

    #[test]
    fn what_is_sealed_is_opened_for_its_row_alone() {
        let seal = seal(&Secrets::new("excalibur"));
        let stored = seal.seal("ya29.token", "arthur").expect("sealed");
        assert!(!stored.contains("ya29"));
        assert_ne!(
            stored,
            seal.seal("ya29.token", "arthur").expect("sealed"),
            "a nonce of its own each time"
        );
        assert_eq!(seal.open(&stored, "arthur").expect("opened"), "ya29.token");
        assert!(seal.open(&stored, "lancelot").is_err());
        for broken in ["", "v1.", "v1.AAAA", "ya29.token", &stored[..stored.len() - 1], &stored[3..]] {
            assert!(seal.open(broken, "arthur").is_err(), "{broken}");
        }
    }

    #[test]
    fn a_former_secret_opens() {
        let former = seal(&Secrets::new("former")).seal("token", "row").expect("sealed");
        assert_eq!(seal(&Secrets::new("new").or("former")).open(&former, "row").expect("opened"), "token");
        assert!(seal(&Secrets::new("new")).open(&former, "row").is_err());
    }

    #[test]
    fn the_original_reads_them() {
        let clear = Seal::new(Compat::FastApiUsers, &Secrets::new("excalibur")).expect("no keys");
        assert_eq!(clear.seal("token", "row").expect("as it is"), "token");
        assert_eq!(clear.open("token", "row").expect("as it is"), "token");
    }
}
