//! The end of a user.

use axum::http::request::Parts;

use super::write::REMEMBERED;
use super::{AuthApp, Authenticated, IdOf, Manager, ManagerError, log};
use crate::event::{Event, EventKind};
use crate::hooks::RequestInfo;
use crate::layout::Layout;
use crate::store::{Store, StoreError, Transaction};
use crate::user::AuthUser;

impl<A: AuthApp> Manager<A> {
    /// Deletes `user` and all that hangs on it. `by` is the superuser who does it, or the user itself; `None` code of the
    /// app's own.
    ///
    /// # Errors
    ///
    /// [`ManagerError::NoSuchUser`], [`ManagerError::Hook`] where a hook keeps it, [`ManagerError::InUse`] where a row of
    /// the app's does, or what fails beneath.
    pub async fn delete(
        &self,
        user: A::User,
        by: Option<&Authenticated<A::User>>,
        request: &Parts,
    ) -> Result<(), ManagerError> {
        let (manager, request) = (self.clone(), request.clone());
        let by = by.map(|session| session.user.id());
        self.to_the_end(async move {
            let hooks = &manager.core().hooks;
            let info = RequestInfo::from(&request);
            let deleted = manager.commit_deletion(&user, &info).await;
            manager.tell_deletion(user.id(), by, &deleted, &request);
            deleted?;
            let ended = manager.end_sessions_elsewhere(&user, None, &request).await;
            log("on_after_delete", hooks.on_after_delete(&user, &info).await);
            ended
        })
        .await
    }

    fn tell_deletion(
        &self,
        id: IdOf<A>,
        by: Option<IdOf<A>>,
        deleted: &Result<(), ManagerError>,
        request: &Parts,
    ) {
        let told = |kind: EventKind| {
            let event = Event::from(kind).to(&id);
            by.as_ref().map_or(event, |by| event.by(by))
        };
        match deleted {
            Ok(()) => self.tell(told(EventKind::Deleted), request),
            Err(_) => self.refusal(told(EventKind::DeletionRefused), request, deleted),
        }
    }

    async fn commit_deletion(&self, user: &A::User, info: &RequestInfo) -> Result<(), ManagerError> {
        let core = self.core();
        core.hooks.on_before_delete(user, info).await.map_err(ManagerError::Hook)?;
        let mut transaction = core.store.begin().await?;
        let hook = core.transaction_hooks.on_delete(user, info, transaction.connection()?);
        self.run_transaction_hook(hook).await?;
        if !transaction.delete_user(user.id()).await.map_err(in_use)? {
            return Err(ManagerError::NoSuchUser);
        }
        // A table that FastAPI Users made may give the number out again.
        if core.settings.layout == Layout::FastApiUsers {
            let now = core.settings.now();
            transaction.end_tokens_of(user.id(), now, now.after(REMEMBERED)).await?;
        }
        transaction.commit().await.map_err(in_use)?;
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
