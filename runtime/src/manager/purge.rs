//! What has expired, taken out of storage.

use std::time::Duration;

use super::{AuthApp, Manager, ManagerError};
use crate::store::Store;

impl<A: AuthApp> Manager<A> {
    /// Deletes the marks of ended tokens that have expired, and access tokens older than `lifetime`: the longest
    /// that a `Database` backend gives them. An app calls it now and then, once a day say.
    ///
    /// # Errors
    ///
    /// When storage fails.
    pub async fn purge(&self, lifetime: Duration) -> Result<(), ManagerError> {
        let now = self.core().settings.now();
        Ok(self.core().store.purge(now, now.before(lifetime)).await?)
    }
}
