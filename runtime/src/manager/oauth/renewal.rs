//! The tokens of a provider account, and how they are renewed: by one node at a time, without losing a refresh token.

use std::time::Duration;

use tokio::time::Instant;

use futures_util::FutureExt;

use super::super::{AuthApp, Failure, Manager, ManagerError};
use super::{AccountOf, about_tokens};
use crate::clock::Timestamp;
use crate::error::Refusal;
use crate::event::Cause;
use crate::hooks::AccountChange;
use crate::oauth::{Chosen, OAuthError, ProviderTokens};
use crate::store::{
    AccountWrites as _, Accounts as _, StoreError, StoredAccount, TokenExpiry, UserWrites as _,
};
use crate::user::AuthUser;

/// How long before its end an access token is renewed.
const AHEAD: Duration = Duration::from_secs(60);

/// How long after each failure renewed tokens are written again, so that a restart of the database loses none.
const PAUSES: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(3)];

/// How often a node looks whether another one has renewed tokens.
const POLL: Duration = Duration::from_millis(100);

/// How long before the end of its turn a node stops: the row has whole seconds, and clocks differ.
const MARGIN: Duration = Duration::from_secs(2);

/// The least time for an attempt to store renewed tokens.
const LAST_ATTEMPT: Duration = Duration::from_secs(1);

/// An account as it is stored, by the app's type of ids.
type StoredOf<A> = StoredAccount<<<A as AuthApp>::User as AuthUser>::Id>;

/// A node's turn to renew an account's tokens.
#[derive(Clone, Copy)]
struct Claim {
    /// The row's former value.
    from: TokenExpiry,
    /// The row's value during the turn.
    turn: TokenExpiry,
    /// When the node stops, which is before its turn ends.
    stops_at: Timestamp,
}

impl<A: AuthApp> Manager<A> {
    /// Returns the tokens of a user's account in plaintext, for calls of the provider's API. An access token that is about
    /// to expire is renewed first, where the provider issued a refresh token.
    ///
    /// # Errors
    ///
    /// [`Failure::Provider`] where the provider refuses or fails, [`Refusal::NoSuchAccount`] where the account is
    /// gone, or an underlying error.
    pub async fn provider_tokens(&self, account: &AccountOf<A>) -> Result<ProviderTokens, ManagerError> {
        let (stored, tokens) = self.tokens_of(account).await?;
        if self.are_good(&stored, &tokens) {
            return Ok(tokens);
        }
        let manager = self.clone();
        // A provider that issues a new refresh token has revoked the former one.
        self.to_the_end(async move { manager.renewed_tokens(&stored.account).await }.boxed()).await
    }

    /// Returns an account as it is now, and its tokens.
    async fn tokens_of(&self, account: &AccountOf<A>) -> Result<(StoredOf<A>, ProviderTokens), ManagerError> {
        let stored = self.core().store.stored_oauth_account(account.id, account.user_id).await?;
        let stored = stored.ok_or(Refusal::NoSuchAccount)?;
        let tokens = self.open(&stored.account)?;
        Ok((stored, tokens))
    }

    /// Returns whether tokens are good for a while yet, or there is nothing to renew them with.
    fn are_good(&self, stored: &StoredOf<A>, tokens: &ProviderTokens) -> bool {
        let soon = self.core().settings.now().after(AHEAD).seconds();
        tokens.refresh_token.is_none()
            || match stored.expiry {
                None => true,
                Some(TokenExpiry::At(end)) => end > soon,
                Some(TokenExpiry::RenewedUntil(_)) => false,
            }
    }

    async fn renewed_tokens(&self, account: &AccountOf<A>) -> Result<ProviderTokens, ManagerError> {
        let oauth = self.oauth()?;
        // Of several requests of this process one goes on, and the others wait without asking storage.
        let _turn = oauth.refreshing(&account.account_id).await;
        let deadline = Instant::now() + oauth.renewal_timeout();
        loop {
            let (stored, tokens) = self.tokens_of(account).await?;
            let client = self.client_of(&stored.account)?;
            let (Some(client), Some(refresh_token), false) =
                (client, tokens.refresh_token.as_deref(), self.are_good(&stored, &tokens))
            else {
                return Ok(tokens);
            };
            if let Some(claim) = self.claim(&stored).await? {
                return self.renew_claimed(&stored.account, claim, &client, refresh_token).await;
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
    async fn claim(&self, stored: &StoredOf<A>) -> Result<Option<Claim>, ManagerError> {
        let (oauth, settings) = (self.oauth()?, &self.core().settings);
        let now = settings.now();
        let from = match stored.expiry {
            None => return Ok(None),
            Some(TokenExpiry::RenewedUntil(until)) if until > now.seconds() => return Ok(None),
            Some(from) => from,
        };
        let ends_at = now.after(oauth.renewal_lease());
        let until = ends_at.seconds().min(settings.compat.rules().latest_account_expiry);
        let turn = TokenExpiry::RenewedUntil(until);
        let claim = Claim { from, turn, stops_at: ends_at.before(MARGIN) };
        match self.swap_expiry(&stored.account, from, turn).await {
            Ok(is_claimed) => Ok(is_claimed.then_some(claim)),
            // It may have been done and its answer lost: then nobody else ends this turn.
            Err(error @ StoreError::Unavailable(_)) => {
                let (current, _) = self.tokens_of(&stored.account).await?;
                if current.expiry == Some(turn) { Ok(Some(claim)) } else { Err(error.into()) }
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn swap_expiry(
        &self,
        account: &AccountOf<A>,
        from: TokenExpiry,
        to: TokenExpiry,
    ) -> Result<bool, StoreError> {
        let mut work = self.single_work();
        let is_swapped = work.only().await?.swap_oauth_expiry(account, from, to).await?;
        work.commit().await?;
        Ok(is_swapped)
    }

    /// Returns how long a node may go on with its turn.
    fn time_left(&self, claim: Claim) -> Duration {
        let left = claim.stops_at.micros().saturating_sub(self.core().settings.now().micros());
        Duration::from_micros(u64::try_from(left).unwrap_or(0))
    }

    /// Renews the tokens of an account whose turn this node has.
    async fn renew_claimed(
        &self,
        account: &AccountOf<A>,
        claim: Claim,
        client: &Chosen,
        refresh_token: &str,
    ) -> Result<ProviderTokens, ManagerError> {
        let renewed = self.renew_and_keep(account, claim, client, refresh_token).await;
        // The next one need not wait for the turn to end.
        if renewed.is_err()
            && let Err(error) = self.swap_expiry(account, claim.turn, claim.from).await
        {
            tracing::warn!(%error, service = account.oauth_name, "the turn to renew tokens is not given back");
        }
        renewed
    }

    async fn renew_and_keep(
        &self,
        stored: &AccountOf<A>,
        claim: Claim,
        client: &Chosen,
        refresh_token: &str,
    ) -> Result<ProviderTokens, ManagerError> {
        let oauth = self.oauth()?;
        // A claim that took long leaves no time for the response, and another node would send the same refresh token.
        if self.time_left(claim) < oauth.renewal_timeout() {
            return Err(
                OAuthError::Failed("the database was too slow for a renewal of tokens".to_owned()).into()
            );
        }
        let renewed = oauth.flow(client, self.core().settings.now()).refresh(refresh_token).await?;
        let mut account = stored.clone();
        self.seal(&mut account, &renewed)?;
        self.keep(&account, stored, claim).await?;
        Ok(renewed)
    }

    /// Stores the tokens of an account that were renewed, in place of those that are `stored`. While the database is
    /// unreachable, it tries again: the provider may have revoked the former refresh token, and the new one would be lost.
    ///
    /// It stops before the turn ends: then another node may renew the tokens. One attempt is made in any case, because it
    /// replaces nothing that another node has stored.
    async fn keep(
        &self,
        account: &AccountOf<A>,
        stored: &AccountOf<A>,
        claim: Claim,
    ) -> Result<(), ManagerError> {
        let (mut pauses, mut calls_hook) = (PAUSES.into_iter(), true);
        loop {
            let most = self.time_left(claim).max(LAST_ATTEMPT);
            let kept = tokio::time::timeout(most, self.keep_once(account, stored, calls_hook)).await;
            let kept = kept.unwrap_or_else(|elapsed| Err(StoreError::Unavailable(elapsed.into()).into()));
            let error = match kept {
                // The provider has replaced the former tokens: without the new ones, the user would have to link the account anew.
                Err(ManagerError::Failed(error @ (Failure::Hook(_) | Failure::HookTimedOut(_))))
                    if calls_hook =>
                {
                    tracing::error!(error = ?Cause(&error), "renewed tokens are stored without `on_account_change`");
                    calls_hook = false;
                    continue;
                }
                Err(error) if error.is_unavailable() => error,
                kept => return kept,
            };
            tracing::warn!(%error, service = account.oauth_name, "renewed tokens are not stored yet");
            match pauses.next() {
                Some(pause) if pause < self.time_left(claim) => tokio::time::sleep(pause).await,
                _ => return Err(error),
            }
            if self.time_left(claim).is_zero() {
                return Err(error);
            }
        }
    }

    async fn keep_once(
        &self,
        account: &AccountOf<A>,
        stored: &AccountOf<A>,
        calls_hook: bool,
    ) -> Result<(), ManagerError> {
        let mut work = self.work();
        if calls_hook && self.core().has_transaction_hooks {
            // The hook may write the user's row, which is locked before its accounts.
            work.lock_users(&[account.user_id]).await?;
        }
        let too_long = |error: StoreError| about_tokens(error.into(), account);
        let updated = work.update_oauth_account(account, Some(&stored.access_token)).await;
        let mut is_kept = updated.map_err(too_long)?;
        // A login has stored another access token meanwhile. Where the provider issued no refresh token for it, the row still
        // has the one that this renewal has consumed.
        if !is_kept && let Some(consumed) = &stored.refresh_token {
            let swapped = work.swap_oauth_refresh_token(account, consumed).await;
            is_kept = swapped.map_err(too_long)?;
        }
        if is_kept {
            if calls_hook {
                self.in_transaction(&mut work, |hooks, connection| {
                    hooks.on_account_change(account, AccountChange::TokensStored, self.info(), connection)
                })
                .await?;
            }
            work.commit().await?;
        }
        Ok(())
    }
}
