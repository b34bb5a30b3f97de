//! What signing in with other services needs from outside.

use std::time::Duration;

use crate::secret::Secrets;

/// What signing in with other services needs from outside: the app's public address, and a secret.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds a secret")]
pub struct OAuthConfig {
    pub(super) base_url: String,
    pub(super) secret: Secrets,
    pub(super) timeout: Duration,
    pub(super) allow_private_networks: bool,
}

impl OAuthConfig {
    /// `base_url` is where browsers find the app, as in `https://camelot.bt`: providers send them back to addresses under
    /// it. `secret` signs what goes to providers and comes back, and seals the tokens that they give.
    pub fn new(base_url: impl Into<String>, secret: impl Into<Secrets>) -> Self {
        Self {
            base_url: base_url.into(),
            secret: secret.into(),
            timeout: Duration::from_secs(10),
            allow_private_networks: false,
        }
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn secret(&self) -> &Secrets {
        &self.secret
    }

    /// How long a provider may take for an answer, in place of ten seconds. A request for a token that another node renews
    /// waits twice as long for it.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Lets clients that a function of the request makes have providers on this machine and in private networks, too.
    ///
    /// Where those who name such a provider are not those who run the app, they could else send it into its own network.
    /// The clients that stand in `auth_app!` may have their providers anywhere.
    #[must_use]
    pub fn allow_private_networks(mut self, allowed: bool) -> Self {
        self.allow_private_networks = allowed;
        self
    }
}
