//! Keys that sign and seal.

use zeroize::ZeroizeOnDrop;

/// A secret of the app. It has no `Debug`, `Display` or `Serialize`, and its memory is wiped.
#[derive(Clone, ZeroizeOnDrop)]
#[expect(missing_debug_implementations, reason = "it must not be printed")]
pub struct Secret(Vec<u8>);

impl Secret {
    /// The fewest bytes that an app starts with (RFC 7518, 3.2, for HS256).
    pub const MIN_BYTES: usize = 32;

    /// Takes the bytes as they are.
    pub fn new(secret: impl Into<Vec<u8>>) -> Self {
        Self(secret.into())
    }

    /// The bytes. Not for logs.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// Secrets in order of age: the first one signs, all of them verify.
///
/// To change a secret, put the new one in front and take the old one out when its last token has expired.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it must not be printed")]
pub struct Secrets(Vec<Secret>);

impl Secrets {
    /// `current` signs and verifies.
    pub fn new(current: impl Into<Vec<u8>>) -> Self {
        Self(vec![Secret::new(current)])
    }

    /// `former` still verifies.
    #[must_use]
    pub fn or(mut self, former: impl Into<Vec<u8>>) -> Self {
        self.0.push(Secret::new(former));
        self
    }

    /// The one that signs.
    #[must_use]
    pub fn current(&self) -> &Secret {
        &self.0[0]
    }

    /// All of them, the one that signs first.
    pub fn iter(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter()
    }

    /// Whether one is empty, which is no secret at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().any(|secret| secret.expose().is_empty())
    }

    /// Whether one is shorter than [`Secret::MIN_BYTES`].
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.iter().any(|secret| secret.expose().len() < Secret::MIN_BYTES)
    }
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
