//! New users: from a registration, or from code.

use axum::http::request::Parts;

use super::{AuthApp, Manager, ManagerError};
use crate::hooks::{PasswordOwner, RequestInfo};
use crate::store::{Store, Transaction};
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
        if !self.core().policy.registration.admits(&email) {
            return Err(ManagerError::NotAdmitted);
        }
        let request = RequestInfo::from(request);
        let result = self.insert(create, request.clone()).await;
        // Its owner may want to know. Whoever registers must not, so it happens off the request.
        if let (Err(ManagerError::EmailTaken), true) = (&result, self.core().policy.hides_registrations) {
            self.spawn("on_registration_of_known", |manager| async move {
                match manager.user_by_email(&email).await? {
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
        self.check_password(create.password(), PasswordOwner::New(&create)).await?;
        // Known addresses cost a hash too, and the database decides who comes first.
        let hashed_password = self.core().pool.hash(create.password()).await?;
        let (manager, user) = (self.clone(), A::User::create(create, hashed_password));
        self.to_the_end(async move { manager.commit_registration(user, None, request).await }).await
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
}
