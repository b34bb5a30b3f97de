//! Passwords that were stolen somewhere once, and have been tried everywhere since.

#[cfg(feature = "breach-check")]
mod pwned;

use std::future::Future;
use std::pin::Pin;

#[cfg(feature = "breach-check")]
pub use self::pwned::{OnUnavailable, PwnedConnections, PwnedPasswords};
use crate::secret::Password;

/// Knows passwords that were stolen (OWASP ASVS 6.2.12). With `breached_passwords: …` in `auth_app!` it is asked about
/// each password that someone chooses, once that has kept to all other rules, and before it is hashed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` knows no breached passwords",
    note = "`PwnedPasswords` does (feature `breach-check`); a list of your own implements \
            `axum_users::password::BreachedPasswords`"
)]
pub trait BreachedPasswords: Send + Sync + 'static {
    /// Gets ready, once, when the app starts.
    ///
    /// # Errors
    ///
    /// When it can't be asked as it is set up. The app does not start then.
    fn prepare(&mut self) -> Result<(), BreachCheckError> {
        Ok(())
    }

    /// Whether `password` is one of them. What leaves the process on the way must tell nobody which it is.
    ///
    /// # Errors
    ///
    /// When that can't be told. The password is not taken then, and the answer is a 503: where a password that nobody knows
    /// anything of is good enough, this says `Ok(false)`.
    fn contains(&self, password: &Password) -> impl Future<Output = Result<bool, BreachCheckError>> + Send;
}

/// Why it can't be told whether a password was stolen.
#[derive(Debug, thiserror::Error)]
#[error("whether a password was in a breach can't be told")]
pub struct BreachCheckError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl BreachCheckError {
    /// It can't, because of `cause`, in which neither the password nor a digest of it may stand.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// [`BreachedPasswords`] with boxed futures.
pub(crate) trait DynBreachedPasswords: Send + Sync {
    fn prepare(&mut self) -> Result<(), BreachCheckError>;
    fn contains<'a>(
        &'a self,
        password: &'a Password,
    ) -> Pin<Box<dyn Future<Output = Result<bool, BreachCheckError>> + Send + 'a>>;
}

impl<T: BreachedPasswords> DynBreachedPasswords for T {
    fn prepare(&mut self) -> Result<(), BreachCheckError> {
        BreachedPasswords::prepare(self)
    }

    fn contains<'a>(
        &'a self,
        password: &'a Password,
    ) -> Pin<Box<dyn Future<Output = Result<bool, BreachCheckError>> + Send + 'a>> {
        Box::pin(BreachedPasswords::contains(self, password))
    }
}
