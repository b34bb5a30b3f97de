//! Users, where they lie, and how axum-login finds one.

use axum_login::tower_sessions::{ExpiredDeletion, SessionStore};
use axum_login::{AuthUser, AuthnBackend};
use password_auth::verify_password;
use serde::{Deserialize, Serialize};
use tokio::task::{JoinError, spawn_blocking};
use uuid::Uuid;

#[derive(Clone, Serialize)]
pub(crate) struct User {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    #[serde(skip)]
    pub(crate) hashed_password: String,
    pub(crate) is_active: bool,
    pub(crate) is_superuser: bool,
    pub(crate) is_verified: bool,
}

/// The hash stays out of the log.
impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A row as a database gives it, with its own type of an id.
pub(crate) type Row<Id> = (Id, String, String, bool, bool, bool);

impl<Id: Into<Uuid>> From<Row<Id>> for User {
    fn from((id, email, hashed_password, is_active, is_superuser, is_verified): Row<Id>) -> Self {
        Self { id: id.into(), email, hashed_password, is_active, is_superuser, is_verified }
    }
}

impl AuthUser for User {
    type Id = Uuid;

    fn id(&self) -> Uuid {
        self.id
    }

    /// A session dies with the password.
    fn session_auth_hash(&self) -> &[u8] {
        self.hashed_password.as_bytes()
    }
}

/// A pool of connections to users and sessions.
pub(crate) trait Users: Clone + Send + Sync + 'static {
    type Sessions: ExpiredDeletion + SessionStore + Clone;

    /// Makes the table of sessions when it is missing.
    fn sessions(&self) -> impl Future<Output = sqlx::Result<Self::Sessions>> + Send;

    fn by_id(&self, id: Uuid) -> impl Future<Output = sqlx::Result<Option<User>>> + Send;

    /// Without regard to case.
    fn by_email(&self, email: &str) -> impl Future<Output = sqlx::Result<Option<User>>> + Send;

    fn insert(&self, user: &User) -> impl Future<Output = sqlx::Result<()>> + Send;
}

#[derive(Clone, Deserialize)]
pub(crate) struct Credentials {
    pub(crate) username: String,
    pub(crate) password: String,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the database")]
    Database(#[from] sqlx::Error),
    #[error("the hash of a password")]
    Hash(#[from] JoinError),
}

#[derive(Clone)]
pub(crate) struct Backend<U>(pub(crate) U);

pub(crate) type AuthSession<U> = axum_login::AuthSession<Backend<U>>;

impl<U: Users> AuthnBackend for Backend<U> {
    type User = User;
    type Credentials = Credentials;
    type Error = Error;

    async fn authenticate(
        &self,
        Credentials { username, password }: Credentials,
    ) -> Result<Option<User>, Error> {
        let user = self.0.by_email(&username).await?.filter(|user| user.is_active);
        let checked =
            spawn_blocking(|| user.filter(|user| verify_password(password, &user.hashed_password).is_ok()));
        Ok(checked.await?)
    }

    async fn get_user(&self, id: &Uuid) -> Result<Option<User>, Error> {
        Ok(self.0.by_id(*id).await?.filter(|user| user.is_active))
    }
}
