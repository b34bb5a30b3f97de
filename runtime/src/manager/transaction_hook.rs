//! Hooks within an open transaction. Their time is bounded, since an open transaction holds a connection, and on SQLite the
//! turn of every other writer.

use std::time::Duration;

use futures_util::future::BoxFuture;

use super::auth_app::WorkOf;
use super::{AuthApp, ConnectionOf, Failure, Manager, ManagerError};
use crate::hooks::{DynTransactionHooks, HookResult};
use crate::store::Transaction as _;

/// How long a hook within a transaction may take, unless the app says otherwise.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

impl<A: AuthApp> Manager<A> {
    /// Calls a hook within the transaction of `work`, for as long as the app allows. If it fails, the caller drops the work,
    /// which rolls it back. An app without such hooks needs no transaction for it.
    ///
    /// # Errors
    ///
    /// [`Failure::Hook`] if the hook fails, [`Failure::HookTimedOut`] if it takes too long.
    pub(super) async fn in_transaction<'h>(
        &'h self,
        work: &'h mut WorkOf<'_, A>,
        call: impl FnOnce(
            &'h dyn DynTransactionHooks<A::User, ConnectionOf<A>>,
            &'h mut ConnectionOf<A>,
        ) -> BoxFuture<'h, HookResult>,
    ) -> Result<(), ManagerError> {
        let core = self.core();
        if !core.has_transaction_hooks {
            return Ok(());
        }
        let hook = call(&*core.transaction_hooks, work.transaction().await?.connection()?);
        match tokio::time::timeout(core.transaction_hook_timeout, hook).await {
            Ok(result) => Ok(result.map_err(Failure::Hook)?),
            Err(_) => Err(Failure::HookTimedOut(core.transaction_hook_timeout).into()),
        }
    }
}
