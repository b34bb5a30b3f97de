//! The credentials of a client: what the provider gave when the app was registered there.

use zeroize::ZeroizeOnDrop;

/// The app's own identity at a provider: RFC 6749, 2.2 and 2.3.1.
#[derive(Clone, ZeroizeOnDrop)]
#[expect(missing_debug_implementations, reason = "it holds a secret")]
pub struct OAuthCredentials {
    #[zeroize(skip)]
    id: String,
    secret: String,
}

impl OAuthCredentials {
    /// The client's id and its secret. A client that has a key instead, as Apple's, takes that in PEM.
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: id.into(), secret: secret.into() }
    }

    /// The client's id, which is no secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The client's secret. Not for logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.secret
    }
}
