//! New users: from a registration, or from code.

use axum::http::request::Parts;

use super::{AuthApp, Manager, ManagerError};
use crate::hooks::{InvalidPassword, PasswordOwner, RequestInfo};
use crate::secret::Password;
use crate::store::{Store, Transaction};
use crate::token::{JwtError, digest, random_token};
use crate::user::{AuthUser, CreateSchema, OAuthAccount};

impl<A: AuthApp> Manager<A> {
    /// Makes a user with all that `create` says, flags included: the first superuser, say.
    ///
    /// # Errors
    ///
    /// [`ManagerError::InvalidPassword`], [`ManagerError::EmailTaken`], or what fails beneath.
    pub async fn create(&self, create: <A::User as AuthUser>::Create) -> Result<A::User, ManagerError> {
        self.insert(create, RequestInfo::default()).await
    }

    /// Makes a user as a registration may: without what only a superuser may set.
    ///
    /// # Errors
    ///
    /// [`ManagerError::NotAdmitted`], [`ManagerError::InvalidPassword`], [`ManagerError::EmailTaken`], or what fails
    /// beneath.
    pub async fn register(
        &self,
        create: <A::User as AuthUser>::Create,
        request: &Parts,
    ) -> Result<A::User, ManagerError> {
        let create = create.restrict();
        let email = create.email().clone();
        let policy = &self.core().policy;
        if !policy.registration.admits(&email) {
            return Err(ManagerError::NotAdmitted);
        }
        let request = RequestInfo::from(request);
        if !policy.hides_registrations {
            return self.insert(create, request).await;
        }
        let user = self.hashed(create).await?;
        let known = self.user_by_email(&email).await?;
        let result = match known {
            Some(_) => self.write_for_nobody().await.and(Err(ManagerError::EmailTaken)),
            None => self.write_new(user, request.clone()).await,
        };
        // Its owner may want to know. Whoever registers must not, so it happens off the request.
        if let Err(ManagerError::EmailTaken) = result {
            self.spawn("on_registration_of_known", |manager| async move {
                // Of two at once, the second one's was not known before.
                let known = match known {
                    Some(user) => Some(user),
                    None => manager.user_by_email(&email).await?,
                };
                match known {
                    Some(user) => manager.core().hooks.on_registration_of_known(&user, &request).await,
                    None => Ok(()),
                }
            });
        }
        result
    }

    async fn insert(
        &self,
        create: <A::User as AuthUser>::Create,
        request: RequestInfo,
    ) -> Result<A::User, ManagerError> {
        let user = self.hashed(create).await?;
        self.write_new(user, request).await
    }

    /// The user that `create` makes, whose password is hashed: a known address costs a hash, too.
    async fn hashed(&self, create: <A::User as AuthUser>::Create) -> Result<A::User, ManagerError> {
        self.check_password(create.password(), PasswordOwner::New(&create)).await?;
        let hashed_password = self.core().pool.hash(create.password()).await?;
        Ok(A::User::create(create, hashed_password))
    }

    /// The database decides who comes first.
    async fn write_new(&self, user: A::User, request: RequestInfo) -> Result<A::User, ManagerError> {
        let manager = self.clone();
        self.to_the_end(async move { manager.commit_registration(user, None, request).await }).await
    }

    /// Writes as much as a registration does, so that it takes as long: the mark of a token that nobody has, which the
    /// next purge takes away.
    async fn write_for_nobody(&self) -> Result<(), ManagerError> {
        let core = self.core();
        let nobodys = random_token().map_err(|error| ManagerError::Token(JwtError::Sign(error.into())))?;
        let mut transaction = core.store.begin().await?;
        transaction.end_token(&digest(&nobodys), core.settings.now(), core.settings.now()).await?;
        Ok(transaction.commit().await?)
    }

    /// Writes a new user, and the account at another service that it came with.
    pub(super) async fn commit_registration(
        &self,
        user: A::User,
        account: Option<OAuthAccount<<A::User as AuthUser>::Id>>,
        request: RequestInfo,
    ) -> Result<A::User, ManagerError> {
        let core = self.core();
        let mut transaction = core.store.begin().await?;
        let user = transaction.insert_user(user).await?;
        if let Some(account) = account {
            transaction.insert_oauth_account(OAuthAccount { user_id: user.id(), ..account }).await?;
        }
        core.transaction_hooks
            .on_register(&user, &request, transaction.connection()?)
            .await
            .map_err(ManagerError::Hook)?;
        transaction.commit().await?;
        tracing::info!(user = %user.id(), "registered");
        let registered = user.clone();
        self.spawn("on_after_register", |manager| async move {
            manager.core().hooks.on_after_register(&registered, &request).await
        });
        Ok(user)
    }

    /// The app's rules come before ours, for their reasons are those that its clients know; but they are not asked
    /// about what is too long for anyone.
    pub(super) async fn check_password(
        &self,
        password: &Password,
        owner: PasswordOwner<'_, A::User>,
    ) -> Result<(), InvalidPassword> {
        let core = self.core();
        if password.is_too_long() {
            return Err(InvalidPassword::new(format!(
                "Password should be at most {} bytes",
                Password::MAX_BYTES
            )));
        }
        core.hooks.validate_password(password, owner).await?;
        let min = core.policy.min_password_chars.max(1);
        if password.chars() < min {
            let noun = if min == 1 { "character" } else { "characters" };
            return Err(InvalidPassword::new(format!("Password should be at least {min} {noun}")));
        }
        Ok(())
    }
}
