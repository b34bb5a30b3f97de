//! The end of a user.

use axum::http::request::Parts;

use super::{AuthApp, Manager, ManagerError, log};
use crate::hooks::RequestInfo;
use crate::store::{Store, Transaction};
use crate::user::AuthUser;

impl<A: AuthApp> Manager<A> {
    /// Deletes `user` and all that hangs on it.
    ///
    /// # Errors
    ///
    /// [`ManagerError::NoSuchUser`], [`ManagerError::Hook`] where a hook keeps it, or what fails beneath.
    pub async fn delete(&self, user: &A::User, request: &Parts) -> Result<(), ManagerError> {
        let core = self.core();
        let info = RequestInfo::from(request);
        core.hooks.on_before_delete(user, &info).await.map_err(ManagerError::Hook)?;
        let mut transaction = core.store.begin().await?;
        core.transaction_hooks
            .on_delete(user, transaction.connection()?)
            .await
            .map_err(ManagerError::Hook)?;
        if !transaction.delete_user(user.id()).await? {
            return Err(ManagerError::NoSuchUser);
        }
        transaction.commit().await?;
        tracing::info!(user = %user.id(), "deleted");
        self.end_sessions_elsewhere(user, None, request).await?;
        log("on_after_delete", core.hooks.on_after_delete(user, &info).await);
        Ok(())
    }
}
