//! What most apps need: `use axum_users::prelude::*;`.

use std::time::Duration;

pub use uuid::Uuid;

#[cfg(not(feature = "mysql"))]
#[doc(hidden)]
pub use crate::__private::Mysql;
#[cfg(not(feature = "postgres"))]
#[doc(hidden)]
pub use crate::__private::Postgres;
#[cfg(not(feature = "sqlite"))]
#[doc(hidden)]
pub use crate::__private::Sqlite;
#[cfg(not(feature = "redis"))]
#[doc(hidden)]
pub use crate::__private::{Absent as RedisAddress, Absent as RedisOptions};
#[cfg(not(feature = "oauth"))]
#[doc(hidden)]
pub use crate::__private::{Absent as OAuthCredentials, Absent as OAuthConfig};
pub use crate::backend::EnabledBackends;
pub use crate::compat::Compat::FastApiUsers;
pub use crate::extract::{CurrentSession, CurrentUser, StatelessClaims, Superuser, VerifiedUser};
pub use crate::hooks::{
    HookError, HookResult, Hooks, InvalidPassword, NoHooks, PasswordOwner, RequestInfo, TransactionHooks,
};
pub use crate::limit::{LimitStorage, Limits, Rate};
pub use crate::manager::{AuthApp, Manager, MissingEmail, Policy, Registration, VerifyEmail};
#[cfg(feature = "oauth")]
pub use crate::oauth::clients::*;
#[cfg(feature = "oauth")]
pub use crate::oauth::{AccountLinking, OAuthConfig, OAuthCredentials, OAuthProvider};
#[cfg(feature = "openapi")]
pub use crate::openapi::ApiRoutes;
#[cfg(feature = "breach-check")]
pub use crate::password::PwnedPasswords;
#[cfg(feature = "redis")]
pub use crate::redis::{RedisAddress, RedisOptions};
pub use crate::router::{Access, Routes};
pub use crate::secret::{HashedPassword, Password, Secrets};
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub use crate::store::diesel::AnyDatabase;
#[cfg(feature = "mysql")]
pub use crate::store::diesel::Mysql;
#[cfg(feature = "postgres")]
pub use crate::store::diesel::Postgres;
#[cfg(feature = "sqlite")]
pub use crate::store::diesel::Sqlite;
#[cfg(feature = "redis")]
pub use crate::strategy::RedisSession;
pub use crate::strategy::{DatabaseSession, Jwt};
pub use crate::transport::{Bearer, Cookie};
pub use crate::user::{AuthUser, Email, TypedEmail};
pub use crate::{AuthUser, auth_app};

/// Sixty seconds.
pub const MINUTE: Duration = Duration::from_secs(60);
/// Sixty minutes.
pub const HOUR: Duration = Duration::from_secs(60 * 60);
/// Twenty-four hours.
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);
