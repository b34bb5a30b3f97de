//! A password as its user typed it.

use serde::Deserialize;
use zeroize::ZeroizeOnDrop;

/// A password in clear. It has no `Debug`, `Display` or `Serialize`, and its memory is wiped.
///
/// It is taken exactly as received (OWASP ASVS 6.2.8): never cut, never normalised.
#[derive(Clone, Deserialize, ZeroizeOnDrop)]
#[serde(transparent)]
#[expect(missing_debug_implementations, reason = "it must not be printed")]
pub struct Password(String);

impl Password {
    /// The longest password that is hashed, in bytes.
    pub const MAX_BYTES: usize = 1024;

    /// Takes `password` as it is.
    pub fn new(password: impl Into<String>) -> Self {
        Self(password.into())
    }

    /// The password in clear. Not for logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The number of characters, as people count them in a rule.
    #[must_use]
    pub fn chars(&self) -> usize {
        self.0.chars().count()
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is longer than [`MAX_BYTES`](Self::MAX_BYTES).
    #[must_use]
    pub fn is_too_long(&self) -> bool {
        self.0.len() > Self::MAX_BYTES
    }
}

impl From<String> for Password {
    fn from(password: String) -> Self {
        Self::new(password)
    }
}

impl From<&str> for Password {
    fn from(password: &str) -> Self {
        Self::new(password)
    }
}
