//! The manager's errors as answers: what is the client's to know is told, the rest is logged.

use std::time::Duration;

use crate::error::{ErrorCode, FieldError, Rejection};
use crate::event::{self, Cause, Event, EventKind};
use crate::manager::{ManagerError, Operation};
#[cfg(feature = "oauth")]
use crate::oauth::{OAuthError, StateError};
use crate::password::HashError;
use crate::store::StoreError;
use crate::strategy::StrategyError;

/// Emits that a dependency fails, whichever client asked for it.
fn tell(kind: EventKind, error: &(dyn std::error::Error + Send + Sync + 'static)) {
    event::tell_failure(Event::from(kind).caused_by(error));
}

/// The operation decides the code, in the routers of this crate and in handlers of the app's own.
impl From<ManagerError> for Rejection {
    fn from(error: ManagerError) -> Self {
        match error {
            ManagerError::EmailTaken(operation) => Self::Code(match operation {
                Operation::Register => ErrorCode::RegisterUserAlreadyExists,
                Operation::Update | Operation::ResetPassword | Operation::Verify => {
                    ErrorCode::UpdateUserEmailAlreadyExists
                }
            }),
            ManagerError::InvalidPassword(operation, invalid) => {
                let code = match operation {
                    Operation::Register => ErrorCode::RegisterInvalidPassword,
                    Operation::ResetPassword => ErrorCode::ResetPasswordInvalidPassword,
                    Operation::Update | Operation::Verify => ErrorCode::UpdateUserInvalidPassword,
                };
                Self::InvalidPassword(code, invalid.reason)
            }
            ManagerError::BadCurrentPassword => Self::Code(ErrorCode::UpdateUserBadCurrentPassword),
            ManagerError::TooMany(retry_after) => Self::TooManyRequests(retry_after),
            ManagerError::BadPassword => Self::Code(ErrorCode::VerifyUserBadPassword),
            ManagerError::BadToken(operation) => Self::Code(match operation {
                Operation::ResetPassword => ErrorCode::ResetPasswordBadToken,
                Operation::Register | Operation::Update | Operation::Verify => ErrorCode::VerifyUserBadToken,
            }),
            ManagerError::AlreadyVerified => Self::Code(ErrorCode::VerifyUserAlreadyVerified),
            ManagerError::NoSuchUser => Self::NotFound,
            ManagerError::SessionEnded => Self::Unauthorized("Bearer"),
            ManagerError::RightLost(_) => Self::Forbidden,
            ManagerError::ReauthenticationRequired(needed) => Self::ReauthenticationRequired(needed),
            ManagerError::LastSuperuser => Self::Code(ErrorCode::UpdateUserLastSuperuser),
            ManagerError::InUse(refused) => {
                tracing::warn!(error = ?Cause(&refused), "storage keeps the user");
                Self::Code(ErrorCode::DeleteUserInUse)
            }
            ManagerError::NotAdmitted => Self::Code(ErrorCode::RegisterNotAllowed),
            ManagerError::AccountTaken => Self::Code(ErrorCode::OauthAccountAlreadyLinked),
            ManagerError::NoSuchAccount | ManagerError::NoSuchClient => Self::NotFound,
            ManagerError::LastLoginMethod => Self::Code(ErrorCode::OauthLastLoginMethod),
            ManagerError::NoEmail => Self::Code(ErrorCode::OauthNotAvailableEmail),
            ManagerError::UserAlreadyExists => Self::Code(ErrorCode::OauthUserAlreadyExists),
            ManagerError::ForbiddenScope => {
                Self::Invalid(vec![FieldError::query("scopes", "a scope that this client does not ask for")])
            }
            #[cfg(feature = "oauth")]
            ManagerError::State(error) => Self::Code(state(error)),
            #[cfg(feature = "oauth")]
            ManagerError::OAuth(error) => oauth(&error),
            ManagerError::CrossSite(_) => Self::Code(ErrorCode::CrossSiteRequest),
            // A hook may say itself how it refuses.
            ManagerError::Hook(error) => match error.downcast::<Self>() {
                Ok(rejection) => *rejection,
                Err(error) if StoreError::is_away(&*error) => {
                    tell(EventKind::StorageUnavailable, &*error);
                    Self::Unavailable
                }
                Err(error) => {
                    tracing::error!(error = ?Cause(&*error), "a hook failed");
                    Self::Internal
                }
            },
            ManagerError::HookTimedOut(_) => {
                tracing::error!(error = ?Cause(&error), "a hook took too long");
                Self::Unavailable
            }
            ManagerError::Hash(error @ HashError::Busy) => {
                tell(EventKind::HashingPoolFull, &error);
                Self::Busy(Duration::from_secs(1))
            }
            ManagerError::Store(StoreError::Refused(source)) => {
                tracing::warn!(error = ?Cause(&*source), "storage refuses the values");
                Self::Invalid(vec![FieldError::refused()])
            }
            ManagerError::BreachCheck(_)
            | ManagerError::Store(StoreError::Unavailable(_))
            | ManagerError::Strategy(
                StrategyError::Unavailable(_) | StrategyError::Store(StoreError::Unavailable(_)),
            ) => {
                tell(EventKind::StorageUnavailable, &error);
                Self::Unavailable
            }
            error => {
                tracing::error!(error = ?Cause(&error), "failed");
                Self::Internal
            }
        }
    }
}

/// The codes of the original.
#[cfg(feature = "oauth")]
fn state(error: StateError) -> ErrorCode {
    match error {
        StateError::Unreadable => ErrorCode::AccessTokenDecodeError,
        StateError::Expired => ErrorCode::AccessTokenAlreadyExpired,
        StateError::Foreign => ErrorCode::OauthInvalidState,
    }
}

/// What a provider did is logged, and nothing of it told but whose fault it is.
#[cfg(feature = "oauth")]
fn oauth(error: &OAuthError) -> Rejection {
    let cause = Cause(error);
    match error {
        OAuthError::Refused(_) => {
            tracing::info!(error = ?cause, "a provider refused");
            Rejection::Code(ErrorCode::OauthRefused)
        }
        OAuthError::IdToken(_) => {
            tracing::warn!(error = ?cause, "an ID token was refused");
            Rejection::Code(ErrorCode::OauthInvalidIdToken)
        }
        OAuthError::Failed(_) | OAuthError::Unreachable(_) | OAuthError::Setting(_) => {
            tracing::error!(error = ?cause, "a provider failed");
            Rejection::Code(ErrorCode::OauthProviderFailed)
        }
    }
}
