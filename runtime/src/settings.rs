//! What every part of a running app goes by: the time, the layout of storage, and the keys of sessions.

use std::sync::Arc;
use std::time::Duration;

use crate::client::{Sites, TrustedProxies};
use crate::clock::{Clock, Timestamp};
use crate::compat::Compat;
use crate::secret::{Keyring, Secrets};
use crate::token::Fingerprints;

/// What every part of a running app goes by.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Settings {
    /// How tokens and links lie in storage, and which names they have.
    pub compat: Compat,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Whose word on a request's client counts.
    pub proxies: TrustedProxies,
    /// Which sites may have a browser write.
    pub sites: Sites,
    /// The keys that sign session tokens, derived from the app's `secret`. Strategies do not see the secret itself.
    pub session_keys: Keyring,
    /// Ties tokens to the password that their user has.
    pub fingerprints: Fingerprints,
}

impl Settings {
    /// Whether tokens may live for `lifetime`: a second at least, and not past the last year that can be written.
    ///
    /// # Errors
    ///
    /// When they may not.
    pub fn check_lifetime(&self, lifetime: Duration) -> Result<(), StartError> {
        if lifetime < Duration::from_secs(1) {
            return Err(StartError::NoLifetime);
        }
        if !self.now().after(lifetime).has_date() {
            return Err(StartError::Setting(
                "a lifetime ends after the year 9999: make it shorter".to_owned(),
            ));
        }
        Ok(())
    }

    /// The moment that it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Why an app does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A secret can be guessed.
    #[error("`{0}` is shorter than {min} bytes: make one with `openssl rand -base64 32`", min = Secrets::MIN_BYTES)]
    WeakSecret(&'static str),
    /// A token of no lifetime would never expire, or always have.
    #[error("a lifetime is shorter than a second: set how long a token lives, for example `.lifetime(HOUR)`")]
    NoLifetime,
    /// A setting that contradicts another, or itself.
    #[error("{0}")]
    Setting(String),
    /// A key can't be read.
    #[error("a key can't be read")]
    Key(#[source] crate::token::KeyError),
    /// Two backends of one name.
    #[error("two backends are called `{0}`")]
    DoubleBackend(&'static str),
    /// The hasher does not work.
    #[error("the hasher does not hash")]
    Hasher(#[source] crate::password::HashError),
    /// What knows the passwords that were stolen can't be asked.
    #[error("`breached_passwords` can't be asked")]
    BreachCheck(#[source] crate::password::BreachCheckError),
    /// The live schema does not fit the app. The report says what to do about it, a line for each thing.
    #[error("the database does not fit the app:\n{0}")]
    Schema(crate::store::SchemaReport),
    /// Storage can't be opened.
    #[error("storage can't be opened")]
    Store(#[from] crate::store::StoreError),
}
