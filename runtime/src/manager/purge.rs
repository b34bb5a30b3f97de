//! What has expired, taken out of storage.

use std::time::Duration;

use super::{AuthApp, Manager, ManagerError};
use crate::store::Store;

impl<A: AuthApp> Manager<A> {
    /// Deletes what has expired: access tokens, and the marks of ended ones. An app calls it now and then, once a day
    /// say.
    ///
    /// Under [`Layout::FastApiUsers`](crate::layout::Layout::FastApiUsers) a token's row does not say when it expires:
    /// those older than `lifetime` go, the longest that a `Database` backend gives them.
    ///
    /// # Errors
    ///
    /// When storage fails.
    pub async fn purge(&self, lifetime: Duration) -> Result<(), ManagerError> {
        let now = self.core().settings.now();
        Ok(self.core().store.purge(now, now.before(lifetime)).await?)
    }
}
