//! What an app needs from outside: where its users are, and its secrets.

use crate::manager::AuthApp;
#[cfg(feature = "oauth")]
use crate::oauth::{OAuthConfig, OAuthCredentials, ProviderName};
use crate::secret::Secrets;
use crate::store::Database;

/// What the app `A` needs from outside. `auth_app!` makes a struct of the same for each app.
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Config<A: AuthApp> {
    pub(super) database: <A::Database as Database<A::User>>::Config,
    pub(super) secrets: AppSecrets,
    #[cfg(feature = "oauth")]
    pub(super) oauth: Option<OAuthConfig>,
    #[cfg(feature = "oauth")]
    pub(super) credentials: Vec<(ProviderName, OAuthCredentials)>,
}

/// The secrets that every app has.
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct AppSecrets {
    /// Signs the tokens that users sign in with.
    pub secret: Secrets,
    /// Signs the tokens that reset a password.
    pub reset_password_token_secret: Secrets,
    /// Signs the tokens that verify an address.
    pub verification_token_secret: Secrets,
}

impl<A: AuthApp> Config<A> {
    /// Where the users are, and what every app has.
    pub fn new(database: <A::Database as Database<A::User>>::Config, secrets: AppSecrets) -> Self {
        Self {
            database,
            secrets,
            #[cfg(feature = "oauth")]
            oauth: None,
            #[cfg(feature = "oauth")]
            credentials: Vec::new(),
        }
    }

    /// What signing in with other services needs.
    #[cfg(feature = "oauth")]
    #[must_use]
    pub fn with_oauth(mut self, oauth: OAuthConfig) -> Self {
        self.oauth = Some(oauth);
        self
    }

    /// The app's keys at a provider.
    #[cfg(feature = "oauth")]
    #[must_use]
    pub fn with_credentials(mut self, client: ProviderName, keys: OAuthCredentials) -> Self {
        self.credentials.push((client, keys));
        self
    }
}
