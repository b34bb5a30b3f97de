//! One write of a user's row: its transaction, the sessions that end with it, and what is told of it.

use std::time::Duration;

use futures_util::FutureExt;

use super::auth_app::WorkOf;
use super::authority::Authority;
use super::last_superuser::Superusers;
use super::{AuthApp, Authenticated, IdOf, Manager, ManagerError, log};
use crate::event::{EventKind, Happened};
use crate::hooks::Change;
use crate::secret::HashedPassword;
use crate::store::{
    AccountWrites as _, Issuance, RevocationWrites as _, SessionWrites as _, TokenRecord, UserWrites as _,
};
use crate::token::Spent;
use crate::user::{AuthUser, Email, Expected, Flags, OAuthAccount, UserChanges};

/// What is written, and what must still hold for it.
pub(super) struct Write<U: AuthUser> {
    pub(super) change: Change,
    /// The user as it was when the write was decided on.
    pub(super) before: U,
    pub(super) email: Option<Email>,
    pub(super) hashed_password: Option<HashedPassword>,
    pub(super) flags: Flags,
    /// The app's own fields, and what the hook is told of an update.
    pub(super) update: Option<U::Update>,
    /// An address that counts once its owner has confirmed it.
    pub(super) unproven: Option<Email>,
    /// Whether the password must still be the one that the user had.
    pub(super) expects_password: bool,
    /// Whether the address must still be the one that the user had.
    pub(super) expects_email: bool,
    /// Whether the user must still be unverified.
    pub(super) expects_unverified: bool,
    /// The token that is used up by it.
    pub(super) spent: Option<Spent>,
    /// When that token was issued, where it is void once all of the user's tokens have been revoked.
    pub(super) issued: Option<Issuance>,
    /// The session that outlives it, where its strategy can tell it apart.
    pub(super) session: Option<Authenticated<U>>,
    /// An account at another service that becomes the user's.
    pub(super) account: Option<OAuthAccount<U::Id>>,
    /// Whether those go that the user has had so far.
    pub(super) drops_accounts: bool,
    /// Who does it; `None` for who has a token alone, and for code of the app's own.
    pub(super) authority: Option<Authority<U>>,
}

impl<U: AuthUser> Write<U> {
    /// A write of nothing yet.
    pub(super) fn new(change: Change, before: U) -> Self {
        Self {
            change,
            before,
            email: None,
            hashed_password: None,
            flags: Flags::default(),
            update: None,
            unproven: None,
            expects_password: false,
            expects_email: false,
            expects_unverified: false,
            spent: None,
            issued: None,
            session: None,
            account: None,
            drops_accounts: false,
            authority: None,
        }
    }

    fn changes(&self) -> UserChanges<'_, U> {
        UserChanges {
            email: self.email.as_ref(),
            hashed_password: self.hashed_password.as_ref(),
            flags: self.flags,
            own: self.update.as_ref(),
            expected: Expected {
                hashed_password: self.expects_password.then(|| self.before.hashed_password()),
                email: self.expects_email.then(|| self.before.email()),
                is_verified: self.expects_unverified.then_some(false),
            },
        }
    }

    /// Returns whether the write takes away superuser rights, if the user has them.
    fn demotes(&self) -> bool {
        self.flags.is_superuser == Some(false) || self.flags.is_active == Some(false)
    }

    /// Whether a user who is not active keeps it from being made. An update may be a superuser's.
    fn needs_active_user(&self) -> bool {
        match self.change {
            Change::PasswordReset
            | Change::Verification
            | Change::EmailConfirmation
            | Change::Association => true,
            Change::Update | Change::HashUpgrade => false,
        }
    }

    fn ends_sessions(&self) -> bool {
        self.hashed_password.is_some() || self.flags.is_active == Some(false)
    }
}

/// A user after a write, and the provider accounts that the write removed.
type Committed<A> = (<A as AuthApp>::User, Vec<OAuthAccount<IdOf<A>>>);

/// How long the store keeps when all of a user's tokens were revoked: longer than any token of FastAPI Users lives. It keeps
/// the user's generation for good.
pub(super) const REMEMBERED: Duration = Duration::from_secs(10 * 366 * 24 * 3600);

impl<A: AuthApp> Manager<A> {
    /// Writes, to the end even where nobody waits for it any more. `None` where what it expects no longer holds,
    /// or its token was used before: of many at once, one is not.
    pub(super) async fn write(&self, write: Write<A::User>) -> Result<Option<A::User>, ManagerError> {
        let manager = self.clone();
        self.to_the_end(
            async move {
                let Some((user, dropped)) = manager.commit(&write).await? else { return Ok(None) };
                for account in dropped {
                    manager.after_unlinking(&user, account);
                }
                // Hooks run even if this fails: the write is committed.
                let ended = match write.ends_sessions() {
                    true => manager.end_sessions_elsewhere(&user, write.session.as_ref()).await,
                    false => Ok(()),
                };
                manager.tell_hooks(&user, write).await;
                ended.map(|()| Some(user))
            }
            .boxed(),
        )
        .await
    }

    /// Commits the write. Returns the user after it, and the provider accounts that it removed.
    ///
    /// Its rows are locked in the order that all transactions keep: users, sessions, provider accounts, revocations.
    async fn commit(&self, write: &Write<A::User>) -> Result<Option<Committed<A>>, ManagerError> {
        let core = self.core();
        let (id, authority) = (write.before.id(), write.authority.as_ref());
        let superusers = match write.demotes() {
            true => self.superusers_before(&write.before, authority).await?,
            false => Superusers::NONE,
        };
        let mut work = self.work();
        if let Some(authority) = authority {
            let locked = self.lock_for(authority, &superusers.and(id), &mut work).await?;
            superusers.leave_one(id, &locked)?;
        }
        let Some(user) = work.update_user(id, &write.changes()).await? else {
            return Ok(None);
        };
        if write.needs_active_user() && !user.is_active() {
            return Ok(None);
        }
        if let (Some(Spent { digest, .. }), Some(issued)) = (&write.spent, write.issued) {
            let token = TokenRecord::revocable(digest.clone(), issued);
            if !self.is_valid(id, &token, &mut work).await? {
                return Ok(None);
            }
        }
        if write.ends_sessions() {
            self.delete_sessions(&mut work, write, &user).await?;
        }
        let mut dropped = Vec::new();
        if write.drops_accounts && core.has_accounts() {
            dropped = work.lock_oauth_accounts_of(user.id()).await?;
            for account in &dropped {
                work.delete_oauth_account(account.id, user.id()).await?;
            }
        }
        if let Some(account) = &write.account {
            work.insert_oauth_account(account.clone()).await?;
        }
        if write.ends_sessions() {
            // Our tokens end by their generation, those of FastAPI Users by their time.
            let ended_at = core.settings.now();
            work.end_tokens_of(id, ended_at, ended_at.after(REMEMBERED)).await?;
        }
        if let Some(spent) = &write.spent
            && !work.end_token(&spent.digest, core.settings.now(), spent.expires_at).await?
        {
            return Ok(None);
        }
        self.in_transaction(&mut work, |hooks, connection| {
            hooks.on_update(&write.before, &user, write.change, self.info(), connection)
        })
        .await?;
        for happened in write.happened(&user) {
            work.happened(happened);
        }
        for account in &dropped {
            work.happened(Happened::new(EventKind::AccountUnlinked, id).oauth_name(&account.oauth_name));
        }
        work.commit().await?;
        Ok(Some((user, dropped)))
    }

    /// Deletes a user's sessions in the app's own store, within the transaction that gives the reason for it.
    async fn delete_sessions(
        &self,
        work: &mut WorkOf<'_, A>,
        write: &Write<A::User>,
        after: &A::User,
    ) -> Result<(), ManagerError> {
        let kept = write.session.as_ref().filter(|_| after.is_active());
        let kept = kept.and_then(|session| session.record.session.as_ref());
        work.delete_sessions_of(after.id(), kept).await?;
        if kept.is_some() {
            self.restamp(work, &write.before, after).await?;
        }
        Ok(())
    }

    /// Has the sessions that depend on `before`'s password depend on `after`'s, whatever secret they were stamped with.
    pub(super) async fn restamp(
        &self,
        work: &mut WorkOf<'_, A>,
        before: &A::User,
        after: &A::User,
    ) -> Result<(), ManagerError> {
        let fingerprints = &self.core().settings.fingerprints;
        let to = fingerprints.of(after.hashed_password());
        for from in fingerprints.each_of(before.hashed_password()) {
            work.restamp_sessions_of(after.id(), &from, &to).await?;
        }
        Ok(())
    }

    async fn tell_hooks(&self, user: &A::User, write: Write<A::User>) {
        let hooks = &self.core().hooks;
        let info = self.info();
        self.tell_of_credentials(user, &write);
        if let Some(email) = write.unproven {
            self.request_email_change(user, email);
        }
        match (write.change, write.update) {
            (Change::Update, Some(update)) => {
                log("on_after_update", hooks.on_after_update(user, &update, info).await);
            }
            (Change::PasswordReset, _) => {
                log("on_after_reset_password", hooks.on_after_reset_password(user, info).await);
            }
            (Change::Verification | Change::EmailConfirmation, _) => {
                log("on_after_verify", hooks.on_after_verify(user, info).await);
            }
            (Change::Association, _) => {
                log("on_after_oauth_associate", hooks.on_after_oauth_associate(user, info).await);
                if write.flags.is_verified == Some(true) {
                    log("on_after_verify", hooks.on_after_verify(user, info).await);
                }
            }
            (Change::Update, None) | (Change::HashUpgrade, _) => {}
        }
    }

    /// Has the owner hear of a new password and of a new address, of which the other hooks say nothing.
    fn tell_of_credentials(&self, user: &A::User, write: &Write<A::User>) {
        if write.change == Change::Update && write.hashed_password.is_some() {
            let user = user.clone();
            self.spawn("on_after_change_password", |manager| async move {
                manager.core().hooks.on_after_change_password(&user, manager.info()).await
            });
        }
        if write.email.is_some() {
            let (user, old_email) = (user.clone(), write.before.email().to_owned());
            self.spawn("on_after_change_email", |manager| async move {
                manager.core().hooks.on_after_change_email(&user, &old_email, manager.info()).await
            });
        }
    }
}
