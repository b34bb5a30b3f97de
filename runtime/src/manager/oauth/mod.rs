//! Signing in with other services: who comes back from one, which accounts a user has, and the tokens for them.

mod accounts;
mod associate;
mod authorize;
mod recent;
mod renewal;
mod resolve;
mod returned;
mod sign_in;

pub(crate) use self::authorize::{Asked, Purpose, Sent};
pub(crate) use self::resolve::new_user;
pub(crate) use self::returned::Returned;

use super::authority::Authority;
use super::{AuthApp, Failure, Manager, ManagerError};
use crate::actor::OAuthOrigin;
use crate::error::Refusal;

use crate::hooks::AccountChange;
use crate::oauth::{AccountLinking, Chosen, OAuth, ProviderName, ProviderTokens};
use crate::store::{AccountWrites as _, StoreError};
use crate::user::{AuthUser, OAuthAccount, Profile, UserId};

/// Who came back from another service, and with which tokens.
pub(super) struct Found {
    oauth_name: String,
    profile: Profile,
    tokens: ProviderTokens,
    /// What happens where a user has the account's address already.
    account_linking: AccountLinking,
}

impl Found {
    /// The provider's account, as hooks see it.
    fn origin(&self) -> OAuthOrigin {
        OAuthOrigin { oauth_name: self.oauth_name.clone(), profile: self.profile.clone() }
    }
}

/// An account of a user's of the app `A`.
type AccountOf<A> = OAuthAccount<<<A as AuthApp>::User as AuthUser>::Id>;

impl<A: AuthApp> Manager<A> {
    /// The same manager, whose actor comes from a login at a provider.
    fn by_oauth(&self, found: &Found) -> Self {
        Self { app: self.app.clone(), actor: self.actor.by_oauth(found.origin()) }
    }

    pub(crate) fn oauth(&self) -> Result<&OAuth, ManagerError> {
        Ok(self.core().oauth.as_ref().ok_or(Refusal::ProviderNotFound)?)
    }

    /// The client of this request.
    fn client(&self, name: ProviderName) -> Result<Chosen, ManagerError> {
        let declared = self.oauth()?.client(name).ok_or(Refusal::ProviderNotFound)?;
        Ok(declared.choose(self.info())?.ok_or(Refusal::ProviderNotFound)?)
    }

    /// The row of an account that is `user`'s from now on.
    fn account(&self, user: <A::User as AuthUser>::Id, found: &Found) -> Result<AccountOf<A>, ManagerError> {
        let placeholder = <A::User as AuthUser>::Id::placeholder();
        let mut account = OAuthAccount {
            id: <A::User as AuthUser>::Id::generate().unwrap_or(placeholder),
            user_id: user,
            oauth_name: found.oauth_name.clone(),
            account_id: found.profile.account_id.clone(),
            account_email: stored_email(&found.profile),
            access_token: String::new(),
            expires_at: None,
            refresh_token: None,
        };
        self.seal(&mut account, &found.tokens)?;
        Ok(account)
    }

    /// Keeps the tokens that came with an account which is a user's already, in the name of `actor` where there is one.
    /// Returns whether it still is the user's.
    async fn renew(
        &self,
        known: &AccountOf<A>,
        found: &Found,
        authority: Option<&Authority<A::User>>,
    ) -> Result<bool, ManagerError> {
        let mut account = self.account(known.user_id, found)?;
        account.id = known.id;
        self.renew_once(&account, authority).await.map_err(|error| about_tokens(error, &account))
    }

    async fn renew_once(
        &self,
        account: &AccountOf<A>,
        authority: Option<&Authority<A::User>>,
    ) -> Result<bool, ManagerError> {
        let mut work = match authority {
            Some(_) => self.work(),
            None => self.work_of_one(account.user_id).await?,
        };
        if let Some(authority) = authority {
            self.lock_for(authority, &[], &mut work).await?;
        }
        if !work.only().await?.update_oauth_account(account, None).await? {
            return Ok(false);
        }
        self.in_transaction(&mut work, |hooks, connection| {
            hooks.on_account_change(account, AccountChange::TokensStored, self.info(), connection)
        })
        .await?;
        work.commit().await?;
        Ok(true)
    }

    /// Puts `tokens` into an account's row, as they are stored.
    fn seal(&self, account: &mut AccountOf<A>, tokens: &ProviderTokens) -> Result<(), ManagerError> {
        let seal = &self.oauth()?.seal;
        account.access_token = seal.seal(&tokens.access_token, &binding(account, "access"))?;
        let refresh_token = tokens.refresh_token.as_deref();
        let sealed = refresh_token.map(|token| seal.seal(token, &binding(account, "refresh")));
        account.refresh_token = sealed.transpose()?;
        let latest = self.core().settings.compat.rules().latest_account_expiry;
        account.expires_at = tokens.expires_at.map(|end| end.min(latest));
        Ok(())
    }

    /// The tokens of an account's row, in clear.
    fn open(&self, account: &AccountOf<A>) -> Result<ProviderTokens, ManagerError> {
        let seal = &self.oauth()?.seal;
        let access_token = seal.open(&account.access_token, &binding(account, "access"))?;
        let refresh_token = account.refresh_token.as_deref();
        let refresh_token = refresh_token.map(|token| seal.open(token, &binding(account, "refresh")));
        Ok(ProviderTokens::new(access_token, refresh_token.transpose()?, account.expires_at))
    }
}

/// The error of a write of accounts: where the database has no room for one of `tokens`, that is the operator's to mend.
fn about_tokens<Id>(error: ManagerError, account: &OAuthAccount<Id>) -> ManagerError {
    let lengths = [Some(&account.access_token), account.refresh_token.as_ref()].into_iter().flatten();
    let characters = lengths.map(|token| token.chars().count()).max().unwrap_or_default();
    match error {
        ManagerError::Failed(Failure::Store(source @ StoreError::Refused(_)))
            if characters > TOKEN_CHARS && is_too_long(&source) =>
        {
            Failure::TokenTooLong { characters, source }.into()
        }
        error => error,
    }
}

/// How many characters the columns of tokens hold in a table that FastAPI Users made.
const TOKEN_CHARS: usize = 1024;

/// Whether the database refused a text for its length: PostgreSQL's `value too long for type`, MySQL's `Data too long for
/// column`.
fn is_too_long(error: &StoreError) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.to_string().contains("too long for"))
}

/// What a sealed token belongs to: no two rows have the same service and account.
fn binding<Id>(account: &OAuthAccount<Id>, token: &str) -> String {
    format!("{token}\0{}\0{}", account.oauth_name, account.account_id)
}

/// The address as the service writes it, as far as the column holds it.
fn stored_email(profile: &Profile) -> String {
    let email = profile.email.as_deref().unwrap_or_default();
    email.chars().filter(|c| *c != '\0').take(320).collect()
}
