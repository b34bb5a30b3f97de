//! The events of a write, as they are emitted after its commit.

use super::authority::Authority;
use super::write::Write;
use crate::event::{EventKind, Happened};
use crate::hooks::Change;
use crate::user::AuthUser;

impl<U: AuthUser> Write<U> {
    /// Returns the events of this write, which has made the user what it is `after`.
    pub(super) fn happened(&self, after: &U) -> Vec<Happened<U::Id>> {
        let before = &self.before;
        let by = self.authority.as_ref().map(Authority::id);
        let mut kinds = Vec::new();
        match self.change {
            Change::Update => kinds.push(EventKind::UserUpdated),
            Change::PasswordReset => kinds.push(EventKind::PasswordReset),
            // Their effects are events below.
            Change::Verification | Change::EmailConfirmation | Change::Association | Change::HashUpgrade => {}
        }
        if self.unproven.is_some() {
            kinds.push(EventKind::EmailChangeRequested);
        }
        if self.change == Change::Update && self.hashed_password.is_some() {
            kinds.push(EventKind::PasswordChanged);
        }
        if after.email() != before.email() {
            kinds.push(EventKind::EmailChanged);
        }
        let turned = |was: bool, is: bool, on: EventKind, off: Option<EventKind>| match (was, is) {
            (false, true) => Some(on),
            (true, false) => off,
            (true, true) | (false, false) => None,
        };
        kinds.extend(turned(before.is_verified(), after.is_verified(), EventKind::Verified, None));
        let (on, off) = (EventKind::Activated, Some(EventKind::Deactivated));
        kinds.extend(turned(before.is_active(), after.is_active(), on, off));
        let (on, off) = (EventKind::SuperuserGranted, Some(EventKind::SuperuserRevoked));
        kinds.extend(turned(before.is_superuser(), after.is_superuser(), on, off));
        let linked = self.account.as_ref().filter(|_| self.change == Change::Association);
        let linked = linked.map(|account| {
            Happened::new(EventKind::AccountLinked, after.id()).oauth_name(&account.oauth_name)
        });
        let of_kinds = kinds.into_iter().map(|kind| Happened::new(kind, after.id()).by(by));
        linked.into_iter().chain(of_kinds).collect()
    }
}
