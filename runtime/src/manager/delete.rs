//! The end of a user.

use futures_util::FutureExt;

use super::authority::{Authority, Right};
use super::error::Operation;
use super::write::REMEMBERED;
use super::{AuthApp, Authenticated, Failure, IdOf, Manager, ManagerError, log};
use crate::error::Refusal;
use crate::event::{Cause, Event, EventKind, Happened};
use crate::store::{RevocationWrites as _, StoreError, UserWrites as _};
use crate::user::AuthUser;

impl<A: AuthApp> Manager<A> {
    /// Deletes `user` and all that hangs on it. `by` is the superuser who does it, or the user itself; `None` code of the
    /// app's own.
    ///
    /// # Errors
    ///
    /// [`Refusal::NoSuchUser`]; [`Refusal::SessionEnded`], [`Refusal::NotVerified`] or [`Refusal::NotSuperuser`] if that has
    /// happened since `by` was authenticated; [`Refusal::DeleteUserLastSuperuser`]; [`Failure::Hook`] if a hook returns an
    /// error; [`Refusal::DeleteUserInUse`] if a row of the app refers to the user; or any underlying error.
    pub async fn delete(
        &self,
        user: A::User,
        by: Option<&Authenticated<A::User>>,
    ) -> Result<(), ManagerError> {
        let manager = self.clone();
        let authority = by.map(|session| {
            let is_own = session.user.id() == user.id() && !session.user.is_superuser();
            Authority::new(session, if is_own { Right::Own } else { Right::Superuser })
        });
        self.to_the_end(
            async move {
                let hooks = &manager.core().hooks;
                let info = manager.info();
                let deleted = manager.commit_deletion(&user, authority.as_ref()).await;
                let deleted = deleted.map_err(|error| error.during(Operation::Delete));
                let by = authority.as_ref().map(Authority::id);
                manager.tell_refused_deletion(user.id(), by, &deleted);
                deleted?;
                let ended = manager.end_sessions_elsewhere(&user, None).await;
                log("on_after_delete", hooks.on_after_delete(&user, info).await);
                ended
            }
            .boxed(),
        )
        .await
    }

    fn tell_refused_deletion(&self, id: IdOf<A>, by: Option<IdOf<A>>, deleted: &Result<(), ManagerError>) {
        let event = Event::from(EventKind::DeletionRefused).to(&id);
        self.unlimited_refusal(by.as_ref().map_or(event, |by| event.by(by)), deleted);
    }

    async fn commit_deletion(
        &self,
        user: &A::User,
        authority: Option<&Authority<A::User>>,
    ) -> Result<(), ManagerError> {
        let core = self.core();
        let info = self.info();
        core.hooks.on_before_delete(user, info).await.map_err(Failure::Hook)?;
        let superusers = self.superusers_before(user, authority).await?;
        let mut work = self.work();
        if let Some(authority) = authority {
            let locked = self.lock_for(authority, &superusers.and(user.id()), &mut work).await?;
            superusers.leave_one(user.id(), &locked)?;
        }
        self.in_transaction(&mut work, |hooks, connection| hooks.on_delete(user, info, connection)).await?;
        if !work.delete_user(user.id()).await.map_err(in_use)? {
            return Err(Refusal::NoSuchUser.into());
        }
        // A table that FastAPI Users made may give the number out again.
        if core.settings.compat.rules().reuses_ids {
            let now = core.settings.now();
            work.end_tokens_of(user.id(), now, now.after(REMEMBERED)).await?;
        }
        let by = authority.map(Authority::id);
        work.happened(Happened::new(EventKind::Deleted, user.id()).by(by));
        work.commit().await.map_err(in_use)?;
        Ok(())
    }
}

/// The rule that a deletion may break is that of a foreign key; some are looked at by the commit only.
fn in_use(error: StoreError) -> ManagerError {
    match error {
        StoreError::Refused(source) => {
            tracing::warn!(error = ?Cause(&*source), "storage keeps the user");
            Refusal::DeleteUserInUse.into()
        }
        error => error.into(),
    }
}
