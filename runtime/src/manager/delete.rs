//! The end of a user.

use axum::http::request::Parts;

use super::write::REMEMBERED;
use super::{AuthApp, Manager, ManagerError, log};
use crate::hooks::RequestInfo;
use crate::layout::Layout;
use crate::store::{Store, StoreError, Transaction};
use crate::user::AuthUser;

impl<A: AuthApp> Manager<A> {
    /// Deletes `user` and all that hangs on it.
    ///
    /// # Errors
    ///
    /// [`ManagerError::NoSuchUser`], [`ManagerError::Hook`] where a hook keeps it, [`ManagerError::InUse`] where a row of
    /// the app's does, or what fails beneath.
    pub async fn delete(&self, user: A::User, request: &Parts) -> Result<(), ManagerError> {
        let (manager, request) = (self.clone(), request.clone());
        self.to_the_end(async move {
            let hooks = &manager.core().hooks;
            let info = RequestInfo::from(&request);
            hooks.on_before_delete(&user, &info).await.map_err(ManagerError::Hook)?;
            manager.commit_deletion(&user, &info).await?;
            let ended = manager.end_sessions_elsewhere(&user, None, &request).await;
            log("on_after_delete", hooks.on_after_delete(&user, &info).await);
            ended
        })
        .await
    }

    async fn commit_deletion(&self, user: &A::User, info: &RequestInfo) -> Result<(), ManagerError> {
        let core = self.core();
        let mut transaction = core.store.begin().await?;
        core.transaction_hooks
            .on_delete(user, info, transaction.connection()?)
            .await
            .map_err(ManagerError::Hook)?;
        if !transaction.delete_user(user.id()).await.map_err(in_use)? {
            return Err(ManagerError::NoSuchUser);
        }
        // A table that FastAPI Users made may give the number out again.
        if core.settings.layout == Layout::FastApiUsers {
            let now = core.settings.now();
            transaction.end_tokens_of(user.id(), now, now.after(REMEMBERED)).await?;
        }
        transaction.commit().await.map_err(in_use)?;
        tracing::info!(user = %user.id(), "deleted");
        Ok(())
    }
}

/// The rule that a deletion may break is that of a foreign key; some are looked at by the commit only.
fn in_use(error: StoreError) -> ManagerError {
    match error {
        StoreError::Refused(_) => ManagerError::InUse(error),
        error => error.into(),
    }
}
