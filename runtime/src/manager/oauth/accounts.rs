//! The accounts that a user has at other services: which, without which, and with which tokens.

use std::time::Duration;

use axum::http::request::Parts;

use super::super::{AuthApp, Authenticated, Manager, ManagerError};
use super::AccountOf;
use crate::oauth::{Chosen, ProviderTokens};
use crate::password::is_usable;
use crate::store::{Store, Transaction};
use crate::user::{AuthUser, UserChanges};

/// How long before its end an access token is renewed.
const AHEAD: Duration = Duration::from_secs(60);

impl<A: AuthApp> Manager<A> {
    /// Takes an account from its user, and has the provider revoke its tokens where it can.
    ///
    /// # Errors
    ///
    /// [`ManagerError::NoSuchAccount`], [`ManagerError::LastLoginMethod`] for a user without a password and with no other
    /// account, or what fails beneath.
    pub async fn unlink_oauth_account(
        &self,
        session: &Authenticated<A::User>,
        id: <A::User as AuthUser>::Id,
        request: &Parts,
    ) -> Result<(), ManagerError> {
        let (manager, user, request) = (self.clone(), session.user.id(), request.clone());
        self.to_the_end(async move {
            let core = manager.core();
            let mut transaction = core.store.begin().await?;
            // It locks the user's row: of two at once, the second one sees what the first has left.
            let user = transaction.update_user(user, &UserChanges::default()).await?;
            let user = user.ok_or(ManagerError::NoSuchUser)?;
            let accounts = transaction.oauth_accounts_of(user.id()).await?;
            let account = accounts.iter().find(|account| account.id == id);
            let account = account.ok_or(ManagerError::NoSuchAccount)?.clone();
            if accounts.len() == 1 && !is_usable(user.hashed_password()) {
                return Err(ManagerError::LastLoginMethod);
            }
            transaction.delete_oauth_account(id, user.id()).await?;
            transaction.commit().await?;
            tracing::info!(user = %user.id(), service = account.oauth_name, "account unlinked");
            manager.spawn("revoke", |manager| async move { Ok(manager.revoke(&account, &request).await?) });
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
        let (manager, account, request) = (self.clone(), account.clone(), request.clone());
        // Where a provider gives a new token for the next time, the former one is good no more.
        self.to_the_end(async move { manager.good_tokens(&account, &request).await }).await
    }

    /// The tokens of an account, renewed if need be.
    async fn good_tokens(
        &self,
        account: &AccountOf<A>,
        request: &Parts,
    ) -> Result<ProviderTokens, ManagerError> {
        let now = self.core().settings.now();
        let is_fresh =
            |expires_at: Option<i64>| expires_at.is_none_or(|end| end > now.after(AHEAD).seconds());
        // Of several at once, one asks: a provider may take the second use of a token for theft.
        let _turn = self.oauth()?.refreshing(&account.account_id).await;
        let user = account.user_id;
        let current = self.core().store.oauth_accounts_of(user).await?;
        let account = current.into_iter().find(|current| current.id == account.id);
        let mut account = account.ok_or(ManagerError::NoSuchAccount)?;
        let tokens = self.open(&account)?;
        let Some(refresh_token) = tokens.refresh_token.as_deref().filter(|_| !is_fresh(tokens.expires_at))
        else {
            return Ok(tokens);
        };
        let oauth = self.oauth()?;
        let Some(client) = self.client_of(&account, request)? else { return Ok(tokens) };
        let renewed = oauth.flow(&client, now).refresh(refresh_token).await?;
        let stored = account.access_token.clone();
        self.seal(&mut account, &renewed)?;
        let mut transaction = self.core().store.begin().await?;
        if transaction.update_oauth_account(&account, Some(&stored)).await? {
            transaction.commit().await?;
        }
        Ok(renewed)
    }

    async fn revoke(&self, account: &AccountOf<A>, request: &Parts) -> Result<(), ManagerError> {
        let (oauth, now) = (self.oauth()?, self.core().settings.now());
        let Some(client) = self.client_of(account, request)? else { return Ok(()) };
        Ok(oauth.flow(&client, now).revoke(&self.open(account)?).await?)
    }

    /// The client of the service that an account is of, if the app still has it.
    fn client_of(&self, account: &AccountOf<A>, request: &Parts) -> Result<Option<Chosen>, ManagerError> {
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
