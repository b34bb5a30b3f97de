//! The keys of counters: keyed digests, which reveal neither an email nor a client IP.

use std::fmt;
use std::hash::{Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::digest::InvalidLength;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::network::Networks;
use crate::secret::Keyring;

/// A keyed digest.
pub(super) type Digest = [u8; 16];

/// The key of a counter: a keyed digest of the limit's name and of the client or account that it counts.
///
/// It also says which network caused it, so that one network can't use up the memory of all. Keys are equal if their
/// digests are.
#[derive(Clone, Copy)]
pub struct Key {
    digest: Digest,
    pub(super) site: Digest,
    pub(super) block: Digest,
    /// `true` if the block contains more than the site.
    #[cfg_attr(not(feature = "redis"), expect(dead_code, reason = "only Redis bounds such blocks"))]
    pub(super) has_wider_block: bool,
    /// What clients of the site share that have no counter of their own for this limit.
    pub(super) shared_by_site: Digest,
    /// The same for the block.
    pub(super) shared_by_block: Digest,
    /// `true` if the counter is shared by all clients, whatever their network.
    pub(super) is_everyones: bool,
    /// Whether the client is known at the account: then it has a counter of its own, however crowded its network is.
    pub(super) is_of_known: bool,
}

impl Key {
    /// The digest.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.digest
    }

    /// The same counter, for a client that is known at the account.
    pub(super) fn of_known_client(self) -> Self {
        Self { is_of_known: true, ..self }
    }

    /// The same counter, for all clients.
    pub(super) fn of_everyone(self) -> Self {
        Self { is_everyones: true, ..self }
    }

    /// One of few digests, for keys that even their block has no room for.
    pub(super) fn last_resort(&self) -> Digest {
        let mut bytes = [0; 16];
        bytes[0] = self.shared_by_block[0];
        bytes
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest.hash(state);
    }
}

/// URL-safe base64, 22 characters.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text(&self.digest))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

/// URL-safe base64, 22 characters.
pub(super) fn text(digest: &Digest) -> String {
    URL_SAFE_NO_PAD.encode(digest)
}

/// Makes keys.
pub(super) struct Keyed(Hmac<Sha256>);

impl Keyed {
    pub(super) fn new(keys: &Keyring) -> Result<Self, InvalidLength> {
        Hmac::new_from_slice(keys.current().expose()).map(Self)
    }

    /// The key of `limit` for `parts`, caused by a client in `networks`.
    pub(super) fn key(&self, limit: &str, parts: &[&str], networks: &Networks) -> Key {
        Key {
            digest: self.digest(limit, parts),
            site: self.digest("site", &[&networks.site]),
            block: self.digest("block", &[&networks.block]),
            has_wider_block: networks.block != networks.site,
            shared_by_site: self.digest("shared by a site", &[limit, &networks.site]),
            shared_by_block: self.digest("shared by a block", &[limit, &networks.block]),
            is_everyones: false,
            is_of_known: false,
        }
    }

    /// Each part has its length before it: no two lists of parts run into the same text.
    fn digest(&self, limit: &str, parts: &[&str]) -> Digest {
        let mut mac = self.0.clone();
        for part in std::iter::once(&limit).chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        let digest = mac.finalize().into_bytes();
        std::array::from_fn(|index| digest[index])
    }
}
