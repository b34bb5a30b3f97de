//! Keys for one purpose.

use zeroize::ZeroizeOnDrop;

/// A key for one purpose. It has no `Debug`, `Display` or `Serialize`, and its memory is wiped.
#[derive(Clone, ZeroizeOnDrop)]
#[expect(missing_debug_implementations, reason = "it must not be printed")]
pub struct Key(Vec<u8>);

impl Key {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Returns the bytes. Not for logs.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// The keys for one purpose, one for each of the app's [`Secrets`](super::Secrets) and in their order: the first one signs, all of them
/// verify.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it must not be printed")]
pub struct Keyring(Vec<Key>);

impl Keyring {
    pub(super) fn new(keys: Vec<Key>) -> Self {
        Self(keys)
    }

    /// Returns the key that signs.
    #[must_use]
    pub fn current(&self) -> &Key {
        &self.0[0]
    }

    /// Returns the keys, the one that signs first.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.0.iter()
    }
}
