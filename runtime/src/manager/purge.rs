//! What has expired, taken out of storage.

use std::time::Duration;

use super::{AuthApp, Manager, ManagerError};
use crate::store::Store;

/// How long rows outlive their end. Another node's clock may be behind this one's: without the mark that it was used or
/// revoked, a token would be accepted there again.
const CLOCK_MARGIN: Duration = Duration::from_secs(300);

impl<A: AuthApp> Manager<A> {
    /// Deletes what expired more than five minutes ago: access tokens, and the marks of used and revoked ones. The margin allows
    /// for nodes whose clocks differ. An app calls it now and then, once a day say.
    ///
    /// The generation of a user is never deleted, since tokens of any lifetime are compared with it.
    ///
    /// Under [`Compat::FastApiUsers`](crate::compat::Compat::FastApiUsers) a token's row does not say when it expires:
    /// those older than `lifetime` go, the longest that a backend with `DatabaseSession` gives them.
    ///
    /// # Errors
    ///
    /// When storage fails.
    pub async fn purge(&self, lifetime: Duration) -> Result<(), ManagerError> {
        let expired = self.core().settings.now().before(CLOCK_MARGIN);
        Ok(self.core().store.purge(expired, expired.before(lifetime)).await?)
    }
}
