//! Changes of a user, by itself or by a superuser.

use super::authority::{Authority, Right};
use super::write::Write;
use super::{AuthApp, Authenticated, IdOf, Manager, ManagerError};
use crate::error::Refusal;
use crate::event::{Event, EventKind};
use crate::hooks::{Change, PasswordOwner};
use crate::limit::Tried;
use crate::user::{AuthUser, Email, TypedEmail, UpdateSchema};

impl<A: AuthApp> Manager<A> {
    /// Changes the user of `session` as `update` says and a user may. Where the password changes, the session lives
    /// on if its strategy can tell it apart, and all others end.
    ///
    /// # Errors
    ///
    /// [`Refusal::UpdateUserInvalidPassword`], [`Refusal::UpdateUserEmailAlreadyExists`], [`Refusal::UpdateUserBadCurrentPassword`],
    /// [`Refusal::TooMany`], [`Refusal::SessionEnded`] or [`Refusal::NotVerified`] if that has happened
    /// since `session` was authenticated, [`Refusal::NoSuchUser`] if the user has been deleted, or any underlying
    /// error.
    pub async fn update_own(
        &self,
        session: &Authenticated<A::User>,
        update: <A::User as AuthUser>::Update,
    ) -> Result<A::User, ManagerError> {
        let authority = Authority::new(session, Right::Own);
        self.update(session.user.clone(), update.restrict(), Some(authority), Some(session)).await
    }

    /// Changes `user` as `update` says, flags included. `by` is the superuser who does it, `None` code of the app's own.
    ///
    /// # Errors
    ///
    /// As for [`update_own`](Self::update_own); [`Refusal::UpdateUserLastSuperuser`] where the policy keeps one and `by` takes the
    /// rights of the last one away.
    pub async fn update_user(
        &self,
        user: A::User,
        update: <A::User as AuthUser>::Update,
        by: Option<&Authenticated<A::User>>,
    ) -> Result<A::User, ManagerError> {
        // A superuser is itself by its own id, too: what the policy asks of users it asks of it.
        let own = by.filter(|session| session.user.id() == user.id());
        let authority = by.map(|session| Authority::new(session, Right::Superuser));
        self.update(user, update, authority, own).await
    }

    async fn update(
        &self,
        user: A::User,
        update: <A::User as AuthUser>::Update,
        authority: Option<Authority<A::User>>,
        session: Option<&Authenticated<A::User>>,
    ) -> Result<A::User, ManagerError> {
        let (id, by) = (user.id(), authority.as_ref().map(Authority::id));
        let event = Event::from(EventKind::UpdateRefused).to(&id);
        let updated = self.checked_update(user, update, authority, session).await;
        self.unlimited_refusal(by.as_ref().map_or(event, |by| event.by(by)), &updated);
        updated
    }

    /// Counts a change of an email or a password, before anything is looked up or hashed.
    async fn admit_change(&self, by: Option<&IdOf<A>>, is_own: bool) -> Result<(), ManagerError> {
        let Some(by) = by.map(ToString::to_string) else { return Ok(()) };
        let change = if is_own { Tried::Change(&by) } else { Tried::ChangeOfOther(&by) };
        self.admit(change).await?;
        Ok(())
    }

    /// Refuses an email that is another user's, before anything is hashed; the database decides at the write. Where the new
    /// email must be confirmed, nothing says whether it is taken: a mail goes there, within the limits of mails.
    async fn check_new_email(
        &self,
        user: &A::User,
        email: &Email,
        waits_for_proof: bool,
    ) -> Result<(), ManagerError> {
        if waits_for_proof {
            self.admit(Tried::EmailChange(TypedEmail::from(email).key())).await?;
            return Ok(());
        }
        match self.user_by_email(email).await? {
            Some(owner) if owner.id() != user.id() => Err(Refusal::UpdateUserEmailAlreadyExists.into()),
            Some(_) | None => Ok(()),
        }
    }

    async fn checked_update(
        &self,
        user: A::User,
        mut update: <A::User as AuthUser>::Update,
        authority: Option<Authority<A::User>>,
        session: Option<&Authenticated<A::User>>,
    ) -> Result<A::User, ManagerError> {
        let core = self.core();
        let passwords = update.take_passwords();
        if update.email().is_some() || passwords.new.is_some() {
            let by = authority.as_ref().map(Authority::id);
            self.admit_change(by.as_ref(), session.is_some()).await?;
        }
        let new_email = update.email().filter(|email| email.as_str() != user.email()).cloned();
        let is_sensitive = session.is_some() && (new_email.is_some() || passwords.new.is_some());
        if is_sensitive && core.policy.require_current_password {
            let current = passwords.current.as_ref().ok_or(Refusal::UpdateUserBadCurrentPassword)?;
            if current.is_too_long() {
                return Err(Refusal::UpdateUserBadCurrentPassword.into());
            }
            let guess = self.admit_guess(user.email()).await?;
            let owns = self.owns(&user, current, self.asker()).await;
            if !self.or_give_guess_back(guess.as_ref(), owns).await? {
                return Err(Refusal::UpdateUserBadCurrentPassword.into());
            }
            self.was_right(guess).await;
        }
        if let Some(password) = &passwords.new {
            self.check_password(password, PasswordOwner::Existing(&user)).await?;
        }
        let waits_for_proof = session.is_some() && core.policy.confirm_email_change;
        if let Some(email) = &new_email {
            self.check_new_email(&user, email, waits_for_proof).await?;
        }
        let hashed_password = match &passwords.new {
            Some(password) => Some(core.pool.hash(password, self.asker()).await?),
            None => None,
        };
        let (unproven, email) = if waits_for_proof { (new_email, None) } else { (None, new_email) };
        let mut flags = update.flags();
        // Emails are compared without regard to case: another spelling is the same mailbox, which stays verified.
        let is_same_mailbox = email.as_ref().is_some_and(|email| TypedEmail::from(email).means(user.email()));
        if email.is_some() && !is_same_mailbox {
            // What a superuser or code of the app's own says counts.
            flags.is_verified = flags.is_verified.or(Some(false));
        }
        let write = Write {
            email,
            hashed_password,
            flags,
            update: Some(update),
            unproven,
            // A session that a change of the password has just ended takes the user over no more.
            expects_password: is_sensitive,
            expects_email: is_same_mailbox,
            session: session.cloned(),
            authority,
            ..Write::new(Change::Update, user)
        };
        Ok(self.write(write).await?.ok_or(Refusal::NoSuchUser)?)
    }
}
