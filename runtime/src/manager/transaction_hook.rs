//! Hooks within an open transaction. Their time is bounded, since an open transaction holds a connection, and on SQLite the
//! turn of every other writer.

use std::time::Duration;

use super::{AuthApp, Failure, Manager, ManagerError};
use crate::hooks::HookResult;

/// How long a hook within a transaction may take, unless the app says otherwise.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

impl<A: AuthApp> Manager<A> {
    /// Runs a hook within an open transaction, for as long as the app allows. If it fails, the caller drops the
    /// transaction, which rolls it back.
    ///
    /// # Errors
    ///
    /// [`Failure::Hook`] if the hook fails, [`Failure::HookTimedOut`] if it takes too long.
    pub(super) async fn run_transaction_hook(
        &self,
        hook: impl Future<Output = HookResult>,
    ) -> Result<(), ManagerError> {
        let timeout = self.core().transaction_hook_timeout;
        match tokio::time::timeout(timeout, hook).await {
            Ok(result) => Ok(result.map_err(Failure::Hook)?),
            Err(_) => Err(Failure::HookTimedOut(timeout).into()),
        }
    }
}
