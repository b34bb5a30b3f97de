//! The accounts that a user has at other services: which, without which, and with which tokens.

use std::time::Duration;

use axum::http::request::Parts;
use tokio::time::Instant;

use super::super::actor::{Actor, Right};
use super::super::{AuthApp, Authenticated, IdOf, Manager, ManagerError};
use super::{AccountOf, about_tokens};
use crate::event::{Event, EventKind};
use crate::oauth::{Chosen, OAuthError, ProviderTokens};
use crate::password::is_usable;
use crate::store::{Store, StoreError, Transaction};
use crate::user::AuthUser;

/// How long before its end an access token is renewed.
const AHEAD: Duration = Duration::from_secs(60);

/// How long after each failure tokens that were renewed are written once more: a server that starts again is met.
const PAUSES: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(3)];

/// How often a node looks whether another one has renewed tokens.
const POLL: Duration = Duration::from_millis(100);

/// A node's turn to renew an account's tokens.
struct Claim {
    /// The row's former value.
    expires_at: i64,
    /// Until when the turn lasts, in seconds since 1970.
    until: i64,
}

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
    /// [`ManagerError::ReauthenticationRequired`] where the policy asks for a recent login,
    /// [`ManagerError::SessionEnded`] where that has happened since `session` was authenticated,
    /// [`ManagerError::NoSuchAccount`], [`ManagerError::LastLoginMethod`] for a user without a password and with no other
    /// account, or what fails beneath.
    pub async fn unlink_oauth_account(
        &self,
        session: &Authenticated<A::User>,
        id: IdOf<A>,
        request: &Parts,
    ) -> Result<(), ManagerError> {
        let user = session.user.id();
        let unlinked = async {
            self.require_recent_login(session, request).await?;
            self.unlink(Actor::new(session, Right::Own), id, request).await
        };
        let unlinked = unlinked.await;
        self.refusal(Event::from(EventKind::AccountUnlinkRefused).to(&user), request, &unlinked);
        unlinked
    }

    async fn unlink(&self, actor: Actor<A::User>, id: IdOf<A>, request: &Parts) -> Result<(), ManagerError> {
        let (manager, request) = (self.clone(), request.clone());
        self.to_the_end(async move {
            let core = manager.core();
            let mut transaction = core.store.begin().await?;
            // Of two at once, the second one sees what the first has left.
            let locked = manager.lock_for(&actor, &[], &mut transaction).await?;
            let user = locked.into_iter().find(|user| user.id() == actor.id());
            let user = user.ok_or(ManagerError::SessionEnded)?;
            let accounts = transaction.oauth_accounts_of(user.id()).await?;
            let account = accounts.iter().find(|account| account.id == id);
            let account = account.ok_or(ManagerError::NoSuchAccount)?.clone();
            if accounts.len() == 1 && !manager.has_password(&user) {
                return Err(ManagerError::LastLoginMethod);
            }
            transaction.delete_oauth_account(id, user.id()).await?;
            transaction.commit().await?;
            manager.tell_unlinked(&user, account, &request);
            Ok(())
        })
        .await
    }

    /// The tokens of a user's account in clear, for calls of the service's own interface. An access token that is about
    /// to expire is renewed first, where the service gave a token for that.
    ///
    /// # Errors
    ///
    /// [`ManagerError::OAuth`] where the provider refuses or fails, [`ManagerError::NoSuchAccount`] where the account is
    /// gone, or what fails beneath.
    pub async fn provider_tokens(
        &self,
        account: &AccountOf<A>,
        request: &Parts,
    ) -> Result<ProviderTokens, ManagerError> {
        let (account, tokens) = self.tokens_of(account).await?;
        if self.are_good(&tokens) {
            return Ok(tokens);
        }
        let (manager, request) = (self.clone(), request.clone());
        // Where a provider gives a new token for the next time, the former one is good no more.
        self.to_the_end(async move { manager.renewed_tokens(&account, &request).await }).await
    }

    /// An account as it is now, and its tokens.
    async fn tokens_of(
        &self,
        account: &AccountOf<A>,
    ) -> Result<(AccountOf<A>, ProviderTokens), ManagerError> {
        let current = self.core().store.oauth_accounts_of(account.user_id).await?;
        let account = current.into_iter().find(|current| current.id == account.id);
        let account = account.ok_or(ManagerError::NoSuchAccount)?;
        let tokens = self.open(&account)?;
        Ok((account, tokens))
    }

    /// Whether tokens are good for a while yet, or there is nothing to renew them with.
    fn are_good(&self, tokens: &ProviderTokens) -> bool {
        let soon = self.core().settings.now().after(AHEAD).seconds();
        tokens.refresh_token.is_none() || tokens.expires_at.is_none_or(|end| end > soon)
    }

    async fn renewed_tokens(
        &self,
        account: &AccountOf<A>,
        request: &Parts,
    ) -> Result<ProviderTokens, ManagerError> {
        let oauth = self.oauth()?;
        // Of several requests of this process one goes on, and the others wait without asking storage.
        let _turn = oauth.refreshing(&account.account_id).await;
        let deadline = Instant::now() + oauth.renewal_wait();
        loop {
            let (account, tokens) = self.tokens_of(account).await?;
            let client = self.client_of(&account, request)?;
            let (Some(client), Some(refresh_token), false) =
                (client, tokens.refresh_token.as_deref(), self.are_good(&tokens))
            else {
                return Ok(tokens);
            };
            if let Some(claim) = self.claim(&account).await? {
                return self.renew_claimed(account, claim, &client, refresh_token).await;
            }
            if Instant::now() >= deadline {
                return Err(OAuthError::Failed(
                    "another node does not finish the renewal of its tokens".to_owned(),
                )
                .into());
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Takes the turn to renew an account's tokens, among all nodes: a provider may take the second use of a refresh token
    /// for theft. `None` where another node has it. A turn ends by itself, since its node may die.
    async fn claim(&self, account: &AccountOf<A>) -> Result<Option<Claim>, ManagerError> {
        let (oauth, settings) = (self.oauth()?, &self.core().settings);
        let Some(expires_at) = account.expires_at else { return Ok(None) };
        // A turn is in the row as a negative number: the time at which it ends.
        if expires_at < -settings.now().seconds() {
            return Ok(None);
        }
        let until = settings.now().after(oauth.renewal_lease()).seconds();
        let until = until.min(settings.compat.rules().latest_account_expiry);
        let claim = Claim { expires_at, until };
        match self.swap_expiry(account, expires_at, -until).await {
            Ok(is_swapped) => Ok(is_swapped.then_some(claim)),
            // The commit may have been done and its answer lost: then nobody else ends this turn.
            Err(error @ ManagerError::Store(StoreError::Unavailable(_))) => {
                let (current, _) = self.tokens_of(account).await?;
                if current.expires_at == Some(-until) { Ok(Some(claim)) } else { Err(error) }
            }
            Err(error) => Err(error),
        }
    }

    async fn swap_expiry(&self, account: &AccountOf<A>, from: i64, to: i64) -> Result<bool, ManagerError> {
        let mut transaction = self.core().store.begin().await?;
        let is_swapped = transaction.swap_oauth_expiry(account, from, to).await?;
        if is_swapped {
            transaction.commit().await?;
        }
        Ok(is_swapped)
    }

    /// Renews the tokens of an account whose turn this node has.
    async fn renew_claimed(
        &self,
        account: AccountOf<A>,
        claim: Claim,
        client: &Chosen,
        refresh_token: &str,
    ) -> Result<ProviderTokens, ManagerError> {
        let renewed = self.renew_and_keep(account.clone(), client, refresh_token).await;
        // The next one need not wait for the turn to end.
        if renewed.is_err()
            && let Err(error) = self.swap_expiry(&account, -claim.until, claim.expires_at).await
        {
            tracing::warn!(%error, service = account.oauth_name, "the turn to renew tokens is not given back");
        }
        renewed
    }

    async fn renew_and_keep(
        &self,
        mut account: AccountOf<A>,
        client: &Chosen,
        refresh_token: &str,
    ) -> Result<ProviderTokens, ManagerError> {
        let flow = self.oauth()?.flow(client, self.core().settings.now());
        let renewed = flow.refresh(refresh_token).await?;
        let stored = account.access_token.clone();
        self.seal(&mut account, &renewed)?;
        self.keep(&account, &stored).await?;
        Ok(renewed)
    }

    /// Keeps the tokens of an account that were renewed, in place of those that are `stored`. Where storage is away, that
    /// is tried again: the token that renewed them may be good no more, and they would be lost with the next one.
    async fn keep(&self, account: &AccountOf<A>, stored: &str) -> Result<(), ManagerError> {
        for pause in PAUSES {
            match self.keep_once(account, stored).await {
                Err(error @ ManagerError::Store(StoreError::Unavailable(_))) => {
                    tracing::warn!(%error, service = account.oauth_name, "renewed tokens are not kept yet");
                    tokio::time::sleep(pause).await;
                }
                kept => return kept,
            }
        }
        self.keep_once(account, stored).await
    }

    async fn keep_once(&self, account: &AccountOf<A>, stored: &str) -> Result<(), ManagerError> {
        let mut transaction = self.core().store.begin().await?;
        // Whoever has written others since, or these when no answer came, has the last word.
        let updated = transaction.update_oauth_account(account, Some(stored)).await;
        if updated.map_err(|error| about_tokens(error.into(), account))? {
            transaction.commit().await?;
        }
        Ok(())
    }

    pub(in crate::manager) async fn revoke(
        &self,
        account: &AccountOf<A>,
        request: &Parts,
    ) -> Result<(), ManagerError> {
        let (oauth, now) = (self.oauth()?, self.core().settings.now());
        let Some(client) = self.client_of(account, request)? else { return Ok(()) };
        Ok(oauth.flow(&client, now).revoke(&self.open(account)?).await?)
    }

    /// The client of the service that an account is of, if the app still has it.
    pub(super) fn client_of(
        &self,
        account: &AccountOf<A>,
        request: &Parts,
    ) -> Result<Option<Chosen>, ManagerError> {
        for declared in &self.oauth()?.clients {
            if let Some(chosen) = declared.choose(request)?
                && chosen.oauth_name() == account.oauth_name
            {
                return Ok(Some(chosen));
            }
        }
        Ok(None)
    }
}
