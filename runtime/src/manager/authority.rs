//! Who asks for a write, checked once more when the write has its locks.

use super::auth_app::WorkOf;
use super::{AuthApp, Authenticated, IdOf, Manager, ManagerError};
use crate::error::Refusal;
use crate::store::{Mark, RevocationWrites as _, SessionWrites as _, TokenRecord, UserWrites as _};
use crate::user::AuthUser;

/// The session in whose name a write is made, and the right that the write needs.
#[derive(Clone)]
pub(super) struct Authority<U> {
    session: Authenticated<U>,
    needs: Right,
}

/// The right that a write needs beside an active user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Right {
    /// To change oneself.
    Own,
    /// To change others.
    Superuser,
}

impl<U: AuthUser> Authority<U> {
    pub(super) fn new(session: &Authenticated<U>, needs: Right) -> Self {
        Self { session: session.clone(), needs }
    }

    /// The user who acts.
    pub(super) fn id(&self) -> U::Id {
        self.session.user.id()
    }

    /// Returns the requirement that the user no longer meets, if any.
    fn lacks(&self, current: &U) -> Option<Refusal> {
        if self.session.needs_verified && !current.is_verified() {
            Some(Refusal::NotVerified)
        } else if self.needs == Right::Superuser && !current.is_superuser() {
            Some(Refusal::NotSuperuser)
        } else {
            None
        }
    }
}

impl<A: AuthApp> Manager<A> {
    /// Locks the rows of the actor and of `others` in the order of their ids and checks the actor as of then: the user is
    /// active and has the same password, the session has not been revoked, and the right that the write needs is still
    /// there. A request may take half a minute between its authentication and its write. Returns the users that are
    /// there.
    ///
    /// It is the first call in the transaction of each write in somebody's name.
    ///
    /// # Errors
    ///
    /// [`Refusal::SessionEnded`], [`Refusal::NotVerified`], [`Refusal::NotSuperuser`], or when storage fails.
    pub(super) async fn lock_for(
        &self,
        authority: &Authority<A::User>,
        others: &[IdOf<A>],
        work: &mut WorkOf<'_, A>,
    ) -> Result<Vec<A::User>, ManagerError> {
        let session = &authority.session;
        let mut ids = vec![authority.id()];
        ids.extend(others.iter().filter(|id| **id != authority.id()));
        let users = work.lock_users(&ids).await?;
        let current = users.iter().find(|user| user.id() == authority.id());
        let current = current.filter(|user| user.is_active()).ok_or(Refusal::SessionEnded)?;
        let fingerprints = &self.core().settings.fingerprints;
        let fingerprint = fingerprints.of(session.user.hashed_password());
        if !fingerprints.match_hash(&fingerprint, current.hashed_password())
            || !self.is_valid(authority.id(), &session.record, work).await?
        {
            return Err(Refusal::SessionEnded.into());
        }
        match authority.lacks(current) {
            None => Ok(users),
            Some(refusal) => Err(refusal.into()),
        }
    }

    /// Returns whether a token of `user` is still valid by what the store knows of it. A caller that has locked the user's
    /// row can rely on it until the work is done.
    pub(super) async fn is_valid(
        &self,
        user: IdOf<A>,
        token: &TokenRecord,
        work: &mut WorkOf<'_, A>,
    ) -> Result<bool, ManagerError> {
        if let Some(session) = &token.session
            && !work.lock_session(user, session).await?
        {
            return Ok(false);
        }
        Ok(match &token.mark {
            Some(Mark { digest, issued }) => !work.is_ended(user, digest, *issued).await?,
            None => true,
        })
    }
}
