//! Whose account it is: a user's who has it, a user's who gets it, or a new user's.

use serde_json::{Map, Value};

use super::super::write::Write;
use super::super::{AuthApp, Failure, Manager, ManagerError, MissingEmail, Registration, VerifyEmail};
use super::{AccountOf, Found, about_tokens};
use crate::error::Refusal;
use crate::event::Method;
use crate::hooks::Change;
use crate::oauth::{AccountLinking, OAuthError, ProviderName};
use crate::password::unusable;
use crate::secret::HashedPassword;
use crate::store::Accounts as _;
use crate::token::random_token;
use crate::user::{AuthUser, Email, Fields, Flags, Profile, Schema, TypedEmail};

/// How often the answer is looked for anew where another request comes first: it makes the user, say, or deletes it.
pub(super) const ATTEMPTS: usize = 4;

/// Whose account it is.
pub(super) enum Resolved<U> {
    /// This user's, who may not be active or verified.
    User(U),
    /// No user's: another user has the email, which the provider has not verified, and no response may reveal that.
    Hidden,
}

impl<A: AuthApp> Manager<A> {
    /// Finds or makes the user whose account it is.
    pub(super) async fn resolve(
        &self,
        client: ProviderName,
        found: &Found,
    ) -> Result<Resolved<A::User>, ManagerError> {
        let mut lost = Refusal::OauthUserAlreadyExists.into();
        for _ in 0..ATTEMPTS {
            match self.resolve_once(client, found).await {
                Ok(Some(resolved)) => return Ok(resolved),
                Ok(None) | Err(ManagerError::Refused(Refusal::OauthAccountAlreadyLinked)) => {}
                Err(error) if error.is_email_taken() => {}
                Err(error) if error.is_conflict() => lost = error,
                Err(error) => return Err(error),
            }
        }
        Err(lost)
    }

    /// The same; `None` where what it was decided on has changed meanwhile.
    async fn resolve_once(
        &self,
        client: ProviderName,
        found: &Found,
    ) -> Result<Option<Resolved<A::User>>, ManagerError> {
        let store = &self.core().store;
        let known = store.user_by_oauth_account(&found.oauth_name, &found.profile.account_id).await?;
        if let Some((user, account)) = known {
            if !user.is_active() {
                return Ok(Some(Resolved::User(user)));
            }
            if self.is_proven_by(found, &user) {
                return Ok(self.associate_by_email(user, found).await?.map(Resolved::User));
            }
            return Ok(self.renew(&account, found, None).await?.then_some(Resolved::User(user)));
        }
        let address = self.address(found)?;
        if !address.is_vouched && self.core().policy.verify_email == VerifyEmail::RequiredToLogin {
            return self.register_unseen(client, address, found).await.map(Some);
        }
        match self.user_by_email(&address.email).await? {
            // Who may not sign in gets no account on the way to being told so.
            Some(user) if !user.is_active() => Ok(Some(Resolved::User(user))),
            Some(user) if address.is_vouched && found.account_linking == AccountLinking::VerifiedEmail => {
                Ok(self.associate_by_email(user, found).await?.map(Resolved::User))
            }
            Some(_) => Err(Refusal::OauthUserAlreadyExists.into()),
            None => {
                let New { user, account, method } = self.new_from(client, &address, found).await?;
                let committed = self.commit_registration(user, Some(account.clone()), Some(method)).await;
                let user = committed.map_err(|error| about_tokens(error, &account))?;
                Ok(Some(Resolved::User(user)))
            }
        }
    }

    /// Whether the provider proves the email of a user who needs that to log in, and has the account already.
    fn is_proven_by(&self, found: &Found, user: &A::User) -> bool {
        let Profile { email, email_verified, .. } = &found.profile;
        self.core().policy.verify_email == VerifyEmail::RequiredToLogin
            && !user.is_verified()
            && *email_verified
            && email.as_deref().is_some_and(|email| TypedEmail::new(email).means(user.email()))
    }

    /// Makes a user with an email that the provider has not verified, or hides that a user has it: both logins are rejected,
    /// after the same work.
    ///
    /// The new user does not get the account. Otherwise what the account can do next would reveal that the user is new: link
    /// to another user, or log in with another email.
    async fn register_unseen(
        &self,
        client: ProviderName,
        address: Address,
        found: &Found,
    ) -> Result<Resolved<A::User>, ManagerError> {
        let New { user, method, .. } = self.new_from(client, &address, found).await?;
        match self.write_unseen(address.email, user, Some(method)).await {
            Ok(user) => Ok(Resolved::User(user)),
            Err(error) if error.is_email_taken() => Ok(Resolved::Hidden),
            Err(error) => Err(error),
        }
    }

    /// The address that a new user gets.
    fn address(&self, found: &Found) -> Result<Address, ManagerError> {
        let said =
            found.profile.email.as_deref().and_then(|email| self.core().policy.parse_email(email).ok());
        match (said, self.core().policy.on_missing_email) {
            (Some(email), _) => Ok(Address { email, is_vouched: found.profile.email_verified }),
            (None, MissingEmail::Reject) => Err(Refusal::OauthNotAvailableEmail.into()),
            (None, MissingEmail::PlaceholderAt(domain)) => {
                // One that can be guessed could be taken by somebody else first.
                let local = random_token().map_err(no_randomness)?.to_lowercase().replace('_', "-");
                let email = Email::parse(&format!("{local}@{domain}"));
                let email = email.map_err(|_| OAuthError::Setting(format!("`{domain}` is no domain")))?;
                Ok(Address { email, is_vouched: false })
            }
        }
    }

    /// Gives the account to the user with its address, for which the service vouches. Whoever registered with the address
    /// and never proved to own it loses what was set up until now: password, sessions and accounts.
    async fn associate_by_email(
        &self,
        user: A::User,
        found: &Found,
    ) -> Result<Option<A::User>, ManagerError> {
        let account = self.account(user.id(), found)?;
        let too_long = |error| about_tokens(error, &account);
        let write = Write {
            account: Some(account.clone()),
            expects_email: true,
            ..Write::new(Change::Association, user)
        };
        if write.before.is_verified() {
            return self.write(write).await.map_err(too_long);
        }
        let write = Write {
            hashed_password: Some(self.no_password()?),
            flags: Flags { is_verified: Some(true), ..Flags::default() },
            expects_unverified: true,
            drops_accounts: true,
            ..write
        };
        self.write(write).await.map_err(too_long)
    }

    /// Returns the user that a social login registers, not yet written.
    async fn new_from(
        &self,
        client: ProviderName,
        Address { email, is_vouched }: &Address,
        found: &Found,
    ) -> Result<New<A>, ManagerError> {
        let core = self.core();
        let is_admitted = match core.policy.registration {
            Registration::Domains(_) if !*is_vouched => false,
            registration => registration.admits(email),
        };
        if !is_admitted {
            return Err(Refusal::RegisterNotAllowed.into());
        }
        let mut create = new_user::<A::User>(email, *is_vouched)?;
        core.hooks
            .on_before_oauth_register(&mut create, &found.profile, self.info())
            .await
            .map_err(Failure::Hook)?;
        let user = A::User::from_create(create, self.no_password()?);
        let account = self.account(user.id(), found)?;
        Ok(New { user, account, method: Method::OAuth(client.as_str()) })
    }

    fn no_password(&self) -> Result<HashedPassword, ManagerError> {
        Ok(unusable(self.core().decoys.of_new()).map_err(no_randomness)?)
    }
}

/// A user who is not written yet, with the account that it comes with.
struct New<A: AuthApp> {
    user: A::User,
    account: AccountOf<A>,
    method: Method,
}

/// The address that a user gets, and whether the service vouches for it.
struct Address {
    email: Email,
    is_vouched: bool,
}

fn no_randomness(_: impl std::error::Error) -> OAuthError {
    OAuthError::Setting("the system has no randomness to give".to_owned())
}

/// A registration of an address alone. When an app starts, it is tried once: fields of its own must have defaults.
pub(crate) fn new_user<U: AuthUser>(email: &Email, is_verified: bool) -> Result<U::Create, OAuthError> {
    let password = random_token().map_err(no_randomness)?;
    let object = Map::from_iter([
        ("email".to_owned(), Value::from(email.as_str())),
        ("password".to_owned(), Value::from(password)),
        ("is_verified".to_owned(), Value::from(is_verified)),
    ]);
    // It has been parsed by what the policy allows.
    let mut fields = Fields::new(object).with_reserved_domains(true);
    let create = U::Create::parse(&mut fields);
    create.ok_or_else(|| {
        let errors = fields.into_errors();
        let names =
            errors.iter().filter_map(|error| error.loc.last()?.as_str()).collect::<Vec<_>>().join("`, `");
        OAuthError::Setting(format!(
            "a user who comes by way of another service has no `{names}`: give it a default, as in \
             `#[auth_user(create, default)]`"
        ))
    })
}
