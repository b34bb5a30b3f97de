//! Keyed fingerprints: of password hashes, which tie a token to the password that its user had, and of addresses, which
//! name someone in a log without telling who it is.

use std::fmt::Display;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Generation;
use crate::secret::{HashedPassword, Keyring};

/// The bytes of an address's name in a log: 40 bits, by which a million addresses are told apart well enough.
const ADDRESS_BYTES: usize = 5;

/// Makes fingerprints with the first key and knows those made with any.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Fingerprints(Vec<Hmac<Sha256>>);

impl Fingerprints {
    /// Fingerprints under `keys`. What is signed begins with a text for each kind, so that none passes for another.
    #[must_use]
    pub fn new(keys: &Keyring) -> Self {
        Self(keys.iter().filter_map(|key| Hmac::new_from_slice(key.expose()).ok()).collect())
    }

    /// The fingerprint of a user who has this hash.
    #[must_use]
    pub fn of(&self, hash: &HashedPassword) -> String {
        self.0.first().map(|key| encode(keyed(key, hash, ""))).unwrap_or_default()
    }

    /// The fingerprint of a user who has this hash, under each key; the one in use comes first.
    pub fn each_of(&self, hash: &HashedPassword) -> impl Iterator<Item = String> {
        self.0.iter().map(|key| encode(keyed(key, hash, "")))
    }

    /// The fingerprint of a user who has this hash and this address.
    #[must_use]
    pub fn of_owner(&self, hash: &HashedPassword, email: &str) -> String {
        self.0.first().map(|key| encode(keyed(key, hash, email))).unwrap_or_default()
    }

    /// A name for an email in a log, made from the canonical key of the email
    /// ([`TypedEmail::key`](crate::user::TypedEmail::key)). Without the key nobody finds the email by it. It is short, so
    /// that even with the key many texts fit it: if a user types a password in place of the email, the log does not give
    /// it away.
    #[must_use]
    pub fn of_email(&self, key: &str) -> String {
        let Some(mut mac) = self.0.first().cloned() else { return String::new() };
        mac.update(b"axum-users address in a log\0");
        mac.update(key.as_bytes());
        URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..ADDRESS_BYTES])
    }

    /// A keyed digest of an email's canonical key, by which it gets a decoy: the same on all nodes, and nobody's to foresee.
    #[must_use]
    pub fn decoy_seed(&self, key: &str) -> Vec<u8> {
        let Some(mut mac) = self.0.first().cloned() else { return Vec::new() };
        mac.update(b"axum-users decoy of an email\0");
        mac.update(key.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }

    /// Returns the fingerprint by which a client is known at the account of the user with this id, in this generation and,
    /// with a `hash`, with this password hash.
    #[must_use]
    pub fn of_client(
        &self,
        generation: Generation,
        hash: Option<&HashedPassword>,
        user: &impl Display,
    ) -> String {
        self.0.first().map(|key| encode(known_client(key, generation, hash, user))).unwrap_or_default()
    }

    /// Returns whether `fingerprint` is the one of [`of_client`](Self::of_client) with these arguments, under any key.
    #[must_use]
    pub fn match_client(
        &self,
        fingerprint: &str,
        generation: Generation,
        hash: Option<&HashedPassword>,
        user: &impl Display,
    ) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(fingerprint) else { return false };
        // In constant time, each.
        self.0.iter().any(|key| known_client(key, generation, hash, user).verify_slice(&bytes).is_ok())
    }

    /// Whether `fingerprint` is that of a user who has this hash.
    #[must_use]
    pub fn match_hash(&self, fingerprint: &str, hash: &HashedPassword) -> bool {
        self.match_owner(fingerprint, hash, "")
    }

    /// Whether `fingerprint` is that of a user who has this hash and this address.
    #[must_use]
    pub fn match_owner(&self, fingerprint: &str, hash: &HashedPassword, email: &str) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(fingerprint) else { return false };
        // In constant time, each.
        self.0.iter().any(|key| keyed(key, hash, email).verify_slice(&bytes).is_ok())
    }
}

/// The hash has its length before it and the address is what is left: no two users' parts run into the same text.
fn keyed(key: &Hmac<Sha256>, hash: &HashedPassword, email: &str) -> Hmac<Sha256> {
    let mut mac = key.clone();
    mac.update(b"axum-users password fingerprint\0");
    mac.update(&(hash.expose().len() as u64).to_be_bytes());
    mac.update(hash.expose().as_bytes());
    mac.update(email.as_bytes());
    mac
}

/// The generation has a fixed length, the hash has its length before it, and the id is the rest.
fn known_client(
    key: &Hmac<Sha256>,
    generation: Generation,
    hash: Option<&HashedPassword>,
    user: &impl Display,
) -> Hmac<Sha256> {
    let mut mac = key.clone();
    let context =
        if hash.is_some() { "axum-users known client with hash\0" } else { "axum-users known client\0" };
    mac.update(context.as_bytes());
    mac.update(&generation.number().to_be_bytes());
    if let Some(hash) = hash {
        mac.update(&(hash.expose().len() as u64).to_be_bytes());
        mac.update(hash.expose().as_bytes());
    }
    mac.update(user.to_string().as_bytes());
    mac
}

fn encode(mac: Hmac<Sha256>) -> String {
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secrets;

    #[test]
    fn each_key_has_a_fingerprint() {
        let hash = HashedPassword::new("$argon2id$");
        let fingerprints = Fingerprints::new(&Secrets::new("new").or("former").as_given());
        let former = Fingerprints::new(&Secrets::new("former").as_given()).of(&hash);
        assert_eq!(fingerprints.each_of(&hash).collect::<Vec<_>>(), [fingerprints.of(&hash), former]);
        assert!(fingerprints.each_of(&hash).all(|fingerprint| fingerprints.match_hash(&fingerprint, &hash)));
    }
}
