//! A token that a client presents.

use zeroize::ZeroizeOnDrop;

/// A token that a client presents. It has no `Debug`, `Display` or `Serialize`, and its memory is wiped.
#[derive(Clone, ZeroizeOnDrop)]
#[expect(missing_debug_implementations, reason = "it must not be printed")]
pub struct Token(String);

impl Token {
    /// Takes `token` as it is.
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    /// Returns the token in plaintext. It is not for logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Token {
    fn from(token: String) -> Self {
        Self(token)
    }
}
