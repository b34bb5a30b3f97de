//! Decoys follow the hashes that the table has: they are counted at start, and again every hour in which users sign in.

use futures_util::FutureExt;
use tracing::Instrument;

use super::{AuthApp, Manager, ManagerError};
use crate::event::Cause;
use crate::secret::HashedPassword;
use crate::store::Users as _;
use crate::user::TypedEmail;

/// The most hashes that are read from either end of the table.
pub(crate) const SCANNED: u32 = 5_000;

impl<A: AuthApp> Manager<A> {
    /// Returns the hash to check the password against when no user has this `email`.
    pub(super) fn decoy(&self, email: &TypedEmail) -> HashedPassword {
        let core = self.core();
        core.decoys.of(&core.settings.fingerprints.decoy_seed(email.key()))
    }

    /// Counts the stored hashes in the background, if a count is due.
    pub(super) fn count_hashes_if_due(&self) {
        let core = self.core();
        if !core.next_count.is_due(core.settings.now().micros()) {
            return;
        }
        let manager = self.clone();
        let count = async move {
            if let Err(error) = manager.count_hashes().await {
                tracing::warn!(error = ?Cause(&error), "the kinds of stored password hashes could not be counted");
            }
        };
        core.tasks.spawn(count.in_current_span().boxed());
    }

    async fn count_hashes(&self) -> Result<(), ManagerError> {
        let core = self.core();
        let hashes = core.store.password_hashes(SCANNED).await?;
        Ok(core.decoys.count(&hashes)?)
    }
}
