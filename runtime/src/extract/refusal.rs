//! The manager's errors as responses: clients see refusals; failures are logged.

use std::time::Duration;

use crate::error::{FieldError, Rejection};
use crate::event::{self, Cause, Event, EventKind};
use crate::manager::{Failure, ManagerError};
#[cfg(feature = "oauth")]
use crate::oauth::OAuthError;
use crate::password::HashError;
use crate::store::StoreError;
use crate::strategy::StrategyError;

/// Emits that a dependency fails, whichever client asked for it.
fn tell(kind: EventKind, error: &(dyn std::error::Error + Send + Sync + 'static)) {
    event::tell_failure(Event::from(kind).caused_by(error));
}

/// A hook may return the response itself, as a `Rejection`.
impl From<ManagerError> for Rejection {
    fn from(error: ManagerError) -> Self {
        match error {
            ManagerError::Refused(refusal) => Self::Refused(refusal),
            ManagerError::Failed(failure) => failure.into(),
        }
    }
}

impl From<Failure> for Rejection {
    fn from(failure: Failure) -> Self {
        match failure {
            #[cfg(feature = "oauth")]
            Failure::Provider(error) => provider(&error),
            Failure::Hook(error) => match error.downcast::<Self>() {
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
            Failure::HookTimedOut(_) => {
                tracing::error!(error = ?Cause(&failure), "a hook took too long");
                Self::Unavailable
            }
            Failure::Hash(error @ HashError::Busy) => {
                tell(EventKind::HashingPoolFull, &error);
                Self::Busy(Duration::from_secs(1))
            }
            Failure::Store(StoreError::Refused(source)) => {
                tracing::warn!(error = ?Cause(&*source), "storage refuses the values");
                Self::Invalid(vec![FieldError::refused()])
            }
            Failure::BreachCheck(_)
            | Failure::Store(StoreError::Unavailable(_))
            | Failure::Strategy(
                StrategyError::Unavailable(_) | StrategyError::Store(StoreError::Unavailable(_)),
            ) => {
                tell(EventKind::StorageUnavailable, &failure);
                Self::Unavailable
            }
            #[cfg(feature = "oauth")]
            Failure::Seal(_) | Failure::TokenTooLong { .. } => internal(&failure),
            Failure::NoSuchBackend
            | Failure::Hash(_)
            | Failure::Strategy(_)
            | Failure::Token(_)
            | Failure::Panicked(_)
            | Failure::Store(_) => internal(&failure),
        }
    }
}

fn internal(failure: &Failure) -> Rejection {
    tracing::error!(error = ?Cause(failure), "failed");
    Rejection::Internal
}

/// Logs what a provider did. The client learns only whose fault it is.
#[cfg(feature = "oauth")]
fn provider(error: &OAuthError) -> Rejection {
    let cause = Cause(error);
    match error {
        OAuthError::Refused(_) => tracing::info!(error = ?cause, "a provider refused"),
        OAuthError::IdToken(_) => tracing::warn!(error = ?cause, "an ID token was refused"),
        OAuthError::Failed(_) | OAuthError::Unreachable(_) | OAuthError::Setting(_) => {
            tracing::error!(error = ?cause, "a provider failed");
        }
    }
    error.refusal().into()
}
