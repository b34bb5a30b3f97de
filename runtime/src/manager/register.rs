//! New users: from a registration, or from code.

use futures_util::FutureExt;

use super::auth_app::WorkOf;
use super::error::Operation;
use super::{AuthApp, Failure, Manager, ManagerError, VerifyEmail};
use crate::error::Refusal;
use crate::event::{Event, EventKind, Happened, Method};
use crate::hooks::PasswordOwner;
use crate::limit::Tried;
use crate::password::Asker;
use crate::secret::Password;
use crate::store::{AccountWrites as _, RevocationWrites as _, UserWrites as _};
use crate::token::{JwtError, digest, random_token};
use crate::user::{AuthUser, CreateSchema, Email, FromCredentials, OAuthAccount, TypedEmail};

impl<A: AuthApp> Manager<A> {
    /// Creates a user with everything that `create` sets, flags included.
    ///
    /// ```
    /// # use axum_users::manager::ManagerError;
    /// # use axum_users::prelude::*;
    /// # #[derive(Clone, Debug, AuthUser)]
    /// # pub struct User {
    /// #     pub id: Uuid,
    /// #     pub email: String,
    /// #     pub hashed_password: HashedPassword,
    /// #     pub is_active: bool,
    /// #     pub is_superuser: bool,
    /// #     pub is_verified: bool,
    /// # }
    /// # auth_app! { pub struct Auth { user: User, database: Sqlite, backends: { api: Bearer + Jwt } } }
    /// async fn invite(manager: &Manager<Auth>, email: Email) -> Result<User, ManagerError> {
    ///     manager.create(User::create(email, "correct horse battery").verified()).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Refusal::RegisterInvalidPassword`], [`Refusal::RegisterUserAlreadyExists`], or any underlying error.
    pub async fn create(&self, create: <A::User as AuthUser>::Create) -> Result<A::User, ManagerError> {
        let created = self.insert(create, None).await;
        created.map_err(|error| error.during(Operation::Register))
    }

    /// Returns the superuser with this email; creates the user, verified, if there is none.
    ///
    /// An existing user stays as it is, password included. A user who is no superuser is not made one, because another person
    /// may have registered the email: the result is an error. A superuser who can't log in, because they are deactivated or the
    /// policy requires a verified email, is logged as a warning. Several nodes may call this at once.
    ///
    /// # Errors
    ///
    /// [`Refusal::RegisterUserAlreadyExists`] for a user who is no superuser, [`Refusal::RegisterInvalidPassword`], or any
    /// underlying error.
    pub async fn ensure_superuser(
        &self,
        email: Email,
        password: impl Into<Password>,
    ) -> Result<A::User, ManagerError>
    where
        <A::User as AuthUser>::Create: FromCredentials,
    {
        if self.user_by_email(&email).await?.is_none() {
            let create = <A::User as AuthUser>::Create::superuser(email.clone(), password.into());
            match self.create(create).await {
                // Another node was faster.
                Err(error) if error.is_email_taken() => {}
                result => return result,
            }
        }
        match self.user_by_email(&email).await? {
            Some(user) if user.is_superuser() => {
                let needs_verification = self.core().policy.verify_email == VerifyEmail::RequiredToLogin;
                if !user.is_active() || (needs_verification && !user.is_verified()) {
                    tracing::warn!(user_id = %user.id(), "the superuser can't log in: inactive, or the email is not verified");
                }
                Ok(user)
            }
            _ => Err(ManagerError::from(Refusal::RegisterUserAlreadyExists).during(Operation::Register)),
        }
    }

    /// Creates a user as a registration may: without what only a superuser may set.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooMany`], [`Refusal::RegisterNotAllowed`], [`Refusal::RegisterInvalidPassword`],
    /// [`Refusal::RegisterUserAlreadyExists`], or any underlying error.
    pub async fn register(&self, create: <A::User as AuthUser>::Create) -> Result<A::User, ManagerError> {
        self.admit(Tried::Registration).await?;
        let create = create.restrict();
        let email = create.email().clone();
        let (policy, method) = (&self.core().policy, Some(Method::Password));
        let result = if !policy.registration.admits(&email) {
            Err(Refusal::RegisterNotAllowed.into())
        } else if policy.prevent_enumeration {
            self.insert_unseen(create, method).await
        } else {
            self.insert(create, method).await
        };
        let result = result.map_err(|error| error.during(Operation::Register));
        let digest = self.email_digest(&TypedEmail::from(&email));
        let refused = Event::from(EventKind::RegistrationRefused).with(Method::Password);
        self.refusal(refused.email_digest(&digest), &result);
        result
    }

    async fn insert_unseen(
        &self,
        create: <A::User as AuthUser>::Create,
        method: Option<Method>,
    ) -> Result<A::User, ManagerError> {
        let email = create.email().clone();
        let user = self.hashed(create, self.asker()).await?;
        self.write_unseen(email, user, method).await
    }

    /// Writes a new user with `email`, and the OAuth account that it came with. Where a user has the email already, a write
    /// of the same cost takes its place, and the hook that informs the owner runs in the background: the response and its
    /// time reveal nothing.
    ///
    /// # Errors
    ///
    /// [`Refusal::RegisterUserAlreadyExists`] where the email is known, or an underlying error.
    pub(super) async fn write_unseen(
        &self,
        email: Email,
        user: A::User,
        method: Option<Method>,
    ) -> Result<A::User, ManagerError> {
        let known = self.user_by_email(&email).await?;
        let result = match known {
            Some(_) => self.write_for_nobody().await.and(Err(Refusal::RegisterUserAlreadyExists.into())),
            None => self.write_new(user, method).await,
        };
        if result.as_ref().is_err_and(ManagerError::is_email_taken) {
            self.tell_owner_of_registration(known, email);
        }
        result
    }

    /// Notifies the owner of `email`, in the background and within the rate limits for emails, that someone tried to
    /// register with it. `known` is the owner, if already looked up.
    pub(super) fn tell_owner_of_registration(&self, known: Option<A::User>, email: Email) {
        self.spawn("on_register_existing_email", |manager| async move {
            // Of two registrations at once, the second one's email was not known before.
            let known = match known {
                Some(user) => Some(user),
                None => manager.user_by_email(&email).await?,
            };
            let Some(user) = known else { return Ok(()) };
            let typed = TypedEmail::from(&email);
            if manager.may_send(Tried::RegistrationOfKnown(typed.key())).await.is_none() {
                return Ok(());
            }
            manager.core().hooks.on_register_existing_email(&user, manager.info()).await
        });
    }

    async fn insert(
        &self,
        create: <A::User as AuthUser>::Create,
        method: Option<Method>,
    ) -> Result<A::User, ManagerError> {
        let user = self.hashed(create, self.asker()).await?;
        self.write_new(user, method).await
    }

    /// The user that `create` makes, whose password is hashed: a known address costs a hash, too.
    async fn hashed(
        &self,
        create: <A::User as AuthUser>::Create,
        asker: Asker,
    ) -> Result<A::User, ManagerError> {
        self.check_password(create.password(), PasswordOwner::New(&create)).await?;
        let hashed_password = self.core().pool.hash(create.password(), asker).await?;
        Ok(A::User::from_create(create, hashed_password))
    }

    /// The database decides who comes first.
    async fn write_new(&self, user: A::User, method: Option<Method>) -> Result<A::User, ManagerError> {
        let manager = self.clone();
        self.to_the_end(async move { manager.commit_registration(user, None, method).await }.boxed()).await
    }

    /// Writes as much as a registration does, so that it takes as long: the mark of a token that nobody has, which the
    /// next purge takes away.
    async fn write_for_nobody(&self) -> Result<(), ManagerError> {
        let core = self.core();
        let nobodys = random_token().map_err(|error| Failure::Token(JwtError::Sign(error.into())))?;
        let mut work = self.registering(true);
        work.only().await?.end_token(&digest(&nobodys), core.settings.now(), core.settings.now()).await?;
        Ok(work.commit().await?)
    }

    /// Returns the work of a registration, which is one statement if nothing else is written with the user.
    fn registering(&self, is_alone: bool) -> WorkOf<'_, A> {
        if is_alone && !self.core().has_transaction_hooks { self.single_work() } else { self.work() }
    }

    /// Writes a new user, and the account at another service that it came with.
    pub(super) async fn commit_registration(
        &self,
        user: A::User,
        account: Option<OAuthAccount<<A::User as AuthUser>::Id>>,
        method: Option<Method>,
    ) -> Result<A::User, ManagerError> {
        let mut work = self.registering(account.is_none());
        let user = work.only().await?.insert_user(user).await?;
        if let Some(account) = account {
            work.insert_oauth_account(OAuthAccount { user_id: user.id(), ..account }).await?;
        }
        self.in_transaction(&mut work, |hooks, connection| hooks.on_register(&user, self.info(), connection))
            .await?;
        work.happened(Happened::new(EventKind::Registered, user.id()).with(method));
        work.commit().await?;
        let registered = user.clone();
        self.spawn("on_after_register", |manager| async move {
            manager.core().hooks.on_after_register(&registered, manager.info()).await
        });
        Ok(user)
    }
}
