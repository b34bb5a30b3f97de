//! The interface of password hashers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::secret::{HashedPassword, Password};

/// Hashes passwords and checks them. It runs on a thread of the pool, never on an async worker.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not hash passwords",
    note = "`Argon2` does; a hasher of your own implements `axum_users::password::PasswordHasher`"
)]
pub trait PasswordHasher: Send + Sync + 'static {
    /// Hashes `password` with a new salt.
    ///
    /// # Errors
    ///
    /// When it can't be hashed.
    fn hash(&self, password: &Password) -> Result<HashedPassword, HashError>;

    /// Checks `password` against a stored hash, in constant time.
    ///
    /// # Errors
    ///
    /// [`HashError::Malformed`] when what is stored is no hash that this hasher reads.
    fn verify(&self, password: &Password, hash: &HashedPassword) -> Result<Verdict, HashError>;

    /// Returns a hash that no password has and that takes as long to check as a new one: logins with an unknown email are
    /// checked against it. It is asked for once, when the app starts.
    ///
    /// By default, a random password is hashed.
    ///
    /// # Errors
    ///
    /// When the system has no randomness, or the hasher fails.
    fn decoy(&self) -> Result<HashedPassword, HashError> {
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|error| HashError::Failed(error.into()))?;
        self.hash(&Password::new(STANDARD_NO_PAD.encode(random)))
    }
}

/// What a check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is another password.
    Wrong,
    /// It is the password.
    Right,
    /// It is the password, and its hash is of a weaker kind than new ones.
    RightButOutdated,
}

/// Why a password was not hashed or checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HashError {
    /// So many are waiting already that this one was turned away.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
    /// Longer than [`Password::MAX_BYTES`].
    #[error("the password is longer than {max} bytes", max = Password::MAX_BYTES)]
    TooLong,
    /// What is stored is no hash, or one that would take too much to check.
    #[error("the stored hash can't be checked")]
    Malformed,
    /// The hasher failed.
    #[error("the password could not be hashed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}
