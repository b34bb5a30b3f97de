//! The provider accounts that a user has, and how one is unlinked.

use futures_util::FutureExt;

use super::super::authority::{Authority, Right};
use super::super::{AuthApp, Authenticated, IdOf, Manager, ManagerError};
use super::AccountOf;
use crate::error::Refusal;
use crate::event::{Event, EventKind, Happened};
use crate::hooks::AccountChange;
use crate::oauth::Chosen;
use crate::password::is_usable;
use crate::store::AccountWrites as _;
use crate::user::AuthUser;

impl<A: AuthApp> Manager<A> {
    /// Whether `user` has a password. Whom another service signed in first has none, and can get one by
    /// [`forgot_password`](Self::forgot_password). Under `compat` a user whom FastAPI Users made that way counts as having one.
    #[must_use]
    pub fn has_password(&self, user: &A::User) -> bool {
        is_usable(user.hashed_password())
    }

    /// Takes an account from its user, and has the provider revoke its tokens where it can.
    ///
    /// # Errors
    ///
    /// [`Refusal::ReauthenticationRequired`] where the policy asks for a recent login,
    /// [`Refusal::SessionEnded`] where that has happened since `session` was authenticated,
    /// [`Refusal::NoSuchAccount`], [`Refusal::OauthLastLoginMethod`] for a user without a password and with no other
    /// account, or what fails beneath.
    pub async fn unlink_oauth_account(
        &self,
        session: &Authenticated<A::User>,
        id: IdOf<A>,
    ) -> Result<(), ManagerError> {
        let user = session.user.id();
        let unlinked = async {
            self.require_recent_login(session).await?;
            self.unlink(Authority::new(session, Right::Own), id).await
        };
        let unlinked = unlinked.await;
        self.unlimited_refusal(Event::from(EventKind::AccountUnlinkRefused).to(&user), &unlinked);
        unlinked
    }

    async fn unlink(&self, authority: Authority<A::User>, id: IdOf<A>) -> Result<(), ManagerError> {
        let manager = self.clone();
        self.to_the_end(
            async move {
                let mut work = manager.work();
                // Of two at once, the second one sees what the first has left.
                let locked = manager.lock_for(&authority, &[], &mut work).await?;
                let user = locked.into_iter().find(|user| user.id() == authority.id());
                let user = user.ok_or(Refusal::SessionEnded)?;
                let accounts = work.lock_oauth_accounts_of(user.id()).await?;
                let account = accounts.iter().find(|account| account.id == id);
                let account = account.ok_or(Refusal::NoSuchAccount)?.clone();
                if accounts.len() == 1 && !manager.has_password(&user) {
                    return Err(Refusal::OauthLastLoginMethod.into());
                }
                work.delete_oauth_account(id, user.id()).await?;
                manager
                    .in_transaction(&mut work, |hooks, connection| {
                        hooks.on_account_change(&account, AccountChange::Unlinked, manager.info(), connection)
                    })
                    .await?;
                work.happened(
                    Happened::new(EventKind::AccountUnlinked, user.id()).oauth_name(&account.oauth_name),
                );
                work.commit().await?;
                manager.after_unlinking(&user, account);
                Ok(())
            }
            .boxed(),
        )
        .await
    }

    pub(in crate::manager) async fn revoke(&self, account: &AccountOf<A>) -> Result<(), ManagerError> {
        let (oauth, now) = (self.oauth()?, self.core().settings.now());
        let Some(client) = self.client_of(account)? else { return Ok(()) };
        Ok(oauth.flow(&client, now).revoke(&self.open(account)?).await?)
    }

    /// The client of the service that an account is of, if the app still has it.
    pub(super) fn client_of(&self, account: &AccountOf<A>) -> Result<Option<Chosen>, ManagerError> {
        for declared in &self.oauth()?.clients {
            if let Some(chosen) = declared.choose(self.info())?
                && chosen.oauth_name() == account.oauth_name
            {
                return Ok(Some(chosen));
            }
        }
        Ok(None)
    }
}
