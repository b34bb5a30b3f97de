//! Why the manager did not do what it was asked: it refused, or something failed.

use crate::error::{InvalidPassword, Refusal};
use crate::event::Reason;
use crate::hooks::HookError;
use crate::password::{BreachCheckError, HashError};
use crate::store::StoreError;
use crate::strategy::StrategyError;
use crate::token::JwtError;

/// Why the manager did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManagerError {
    /// The manager refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something that the manager needs failed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// What failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// An OAuth provider refused or failed.
    #[cfg(feature = "oauth")]
    #[error(transparent)]
    Provider(#[from] crate::oauth::OAuthError),
    /// A provider's token can't be encrypted or decrypted.
    #[cfg(feature = "oauth")]
    #[error(transparent)]
    Seal(#[from] crate::oauth::SealError),
    /// The table of OAuth accounts has no room for a provider's tokens: FastAPI Users makes columns of 1,024 characters.
    #[cfg(feature = "oauth")]
    #[error(
        "a token of {characters} characters does not fit into `oauth_account`: change the type of its columns \
         `access_token` and `refresh_token` to TEXT"
    )]
    TokenTooLong {
        /// How many characters the longest token has, as it would be stored.
        characters: usize,
        /// The database's own error.
        #[source]
        source: StoreError,
    },
    /// The app has no such backend.
    #[error("there is no such backend")]
    NoSuchBackend,
    /// The operation needs a request, and the manager acts for code of the app's own.
    #[error("this manager acts for code: extract it in the handler, or make it by `Manager::of_request`")]
    NoRequest,
    /// A hook returned an error. A [`Rejection`](crate::error::Rejection) in it becomes the response.
    #[error("a hook failed")]
    Hook(#[source] HookError),
    /// A hook within a transaction took longer than the app allows, and the transaction was rolled back.
    #[error("a hook within a transaction did not return within {0:?}")]
    HookTimedOut(std::time::Duration),
    /// A password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The list of breached passwords is unreachable.
    #[error(transparent)]
    BreachCheck(#[from] BreachCheckError),
    /// A strategy failed.
    #[error(transparent)]
    Strategy(#[from] StrategyError),
    /// A one-time token could not be made.
    #[error("a token could not be made")]
    Token(#[source] JwtError),
    /// A hook, or what it called, panicked.
    #[error("a hook or a store panicked")]
    Panicked(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure {
    /// Whether a dependency is down or busy, which is no fault of the request: the response is 503.
    pub(crate) fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Self::Hash(HashError::Busy)
                | Self::BreachCheck(_)
                | Self::Store(StoreError::Unavailable(_) | StoreError::Conflict(_))
                | Self::Strategy(
                    StrategyError::Unavailable(_)
                        | StrategyError::Store(StoreError::Unavailable(_) | StoreError::Conflict(_))
                )
        )
    }
}

/// The operation in which an error occurred, where it decides the refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    /// A new user: by a registration or by [`Manager::create`](super::Manager::create).
    Register,
    /// A password reset by a token.
    ResetPassword,
    /// A deletion.
    Delete,
}

impl ManagerError {
    /// Returns the reason for the log. `None` where something failed, which is logged with its cause where it becomes a
    /// response.
    pub(super) fn reason(&self) -> Option<Reason> {
        match self {
            Self::Refused(refusal) => refusal.reason(),
            Self::Failed(failure) => match failure {
                Failure::Hook(_) | Failure::HookTimedOut(_) => Some(Reason::Hook),
                #[cfg(feature = "oauth")]
                Failure::Provider(error) => error.refusal().reason(),
                #[cfg(feature = "oauth")]
                Failure::Seal(_) | Failure::TokenTooLong { .. } => None,
                Failure::NoSuchBackend
                | Failure::NoRequest
                | Failure::Hash(_)
                | Failure::BreachCheck(_)
                | Failure::Strategy(_)
                | Failure::Token(_)
                | Failure::Panicked(_)
                | Failure::Store(_) => None,
            },
        }
    }

    /// Whether a dependency is down or busy: the response is 503.
    pub(super) fn is_unavailable(&self) -> bool {
        matches!(self, Self::Failed(failure) if failure.is_unavailable())
    }

    /// Returns whether the database undid the transaction in favor of another one, so that a new attempt may succeed.
    #[cfg(feature = "oauth")]
    pub(super) fn is_conflict(&self) -> bool {
        matches!(self, Self::Failed(Failure::Store(StoreError::Conflict(_))))
    }

    /// Whether the email belongs to another user.
    #[must_use]
    pub fn is_email_taken(&self) -> bool {
        matches!(
            self,
            Self::Refused(Refusal::RegisterUserAlreadyExists | Refusal::UpdateUserEmailAlreadyExists)
        )
    }

    /// Returns the rule that the password breaks, if that is the refusal.
    #[must_use]
    pub fn invalid_password(&self) -> Option<&InvalidPassword> {
        match self {
            Self::Refused(
                Refusal::RegisterInvalidPassword(invalid)
                | Refusal::ResetPasswordInvalidPassword(invalid)
                | Refusal::UpdateUserInvalidPassword(invalid),
            ) => Some(invalid),
            Self::Refused(_) | Self::Failed(_) => None,
        }
    }

    /// Returns the refusal of this operation for that of an update.
    pub(super) fn during(self, operation: Operation) -> Self {
        let Self::Refused(refusal) = self else { return self };
        Self::Refused(match (operation, refusal) {
            (Operation::Register, Refusal::UpdateUserEmailAlreadyExists) => {
                Refusal::RegisterUserAlreadyExists
            }
            (Operation::Register, Refusal::UpdateUserInvalidPassword(invalid)) => {
                Refusal::RegisterInvalidPassword(invalid)
            }
            (Operation::ResetPassword, Refusal::UpdateUserInvalidPassword(invalid)) => {
                Refusal::ResetPasswordInvalidPassword(invalid)
            }
            (Operation::ResetPassword, Refusal::VerifyUserBadToken) => Refusal::ResetPasswordBadToken,
            (Operation::Delete, Refusal::UpdateUserLastSuperuser) => Refusal::DeleteUserLastSuperuser,
            (_, refusal) => refusal,
        })
    }
}

/// Of an update, unless the operation says otherwise by `ManagerError::during`.
impl From<InvalidPassword> for ManagerError {
    fn from(invalid: InvalidPassword) -> Self {
        Refusal::UpdateUserInvalidPassword(invalid).into()
    }
}

/// Of an update, unless the operation says otherwise by `ManagerError::during`.
impl From<StoreError> for ManagerError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::EmailTaken => Refusal::UpdateUserEmailAlreadyExists.into(),
            StoreError::AccountTaken => Refusal::OauthAccountAlreadyLinked.into(),
            StoreError::Refused(_)
            | StoreError::Unsupported(_)
            | StoreError::Unavailable(_)
            | StoreError::Conflict(_)
            | StoreError::Failed(_) => Failure::Store(error).into(),
        }
    }
}

/// An error of a layer below is a failure.
macro_rules! failures {
    ($($error:ty),+ $(,)?) => {
        $(impl From<$error> for ManagerError {
            fn from(error: $error) -> Self {
                Self::Failed(error.into())
            }
        })+
    };
}

failures!(HashError, BreachCheckError, StrategyError);
#[cfg(feature = "oauth")]
failures!(crate::oauth::OAuthError, crate::oauth::SealError);

#[cfg(feature = "oauth")]
impl From<crate::oauth::StateError> for ManagerError {
    fn from(error: crate::oauth::StateError) -> Self {
        Self::Refused(error.into())
    }
}
