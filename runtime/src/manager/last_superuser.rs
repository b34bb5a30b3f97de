//! The rule that a route leaves one active superuser at least.

use super::authority::Authority;
use super::{AuthApp, IdOf, Manager, ManagerError};
use crate::error::Refusal;
use crate::store::Users as _;
use crate::user::AuthUser;

/// The active superusers of before a write that takes one's rights away.
pub(super) struct Superusers<Id>(Option<Vec<Id>>);

impl<A: AuthApp> Manager<A> {
    /// Returns whose rows a write must lock that takes the rights of `user` away; none where the rule does not apply: to
    /// code of the app's own, by policy, and to other users.
    pub(super) async fn superusers_before(
        &self,
        user: &A::User,
        authority: Option<&Authority<A::User>>,
    ) -> Result<Superusers<IdOf<A>>, ManagerError> {
        let core = self.core();
        let is_one = user.is_active() && user.is_superuser();
        if authority.is_none() || !core.policy.keep_last_superuser || !is_one {
            return Ok(Superusers(None));
        }
        Ok(Superusers(Some(core.store.active_superusers().await?)))
    }
}

impl<Id: Copy + Eq> Superusers<Id> {
    /// No one's.
    pub(super) const NONE: Self = Self(None);

    /// The users to lock beside `user`.
    pub(super) fn and(&self, user: Id) -> Vec<Id> {
        let others = self.0.iter().flatten().copied().filter(|id| *id != user);
        std::iter::once(user).chain(others).collect()
    }

    /// Checks that one of those who are `locked` is still an active superuser once `user` is none.
    ///
    /// # Errors
    ///
    /// [`Refusal::UpdateUserLastSuperuser`].
    pub(super) fn leave_one<U: AuthUser<Id = Id>>(&self, user: Id, locked: &[U]) -> Result<(), ManagerError> {
        let remains = |other: &U| other.id() != user && other.is_active() && other.is_superuser();
        if self.0.is_none() || locked.iter().any(remains) {
            Ok(())
        } else {
            Err(Refusal::UpdateUserLastSuperuser.into())
        }
    }
}
