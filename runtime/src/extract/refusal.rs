//! The manager's errors as responses: clients see refusals; failures are logged.

use std::time::Duration;

use axum::response::{IntoResponse, Response};

use crate::error::{FieldError, Refusal, Rejection};
use crate::event::{self, Cause, Event, EventKind};
use crate::hooks::HookError;
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

/// Logs an error that requests can cause any number of times. `$due` is for errors whose text a client can choose.
macro_rules! log {
    ($level:ident, $line:literal, $error:expr) => {
        log!($level, $line, $error, event::is_due($line, $error))
    };
    ($level:ident, $line:literal, $error:expr, $due:expr) => {
        if let Some(more) = $due {
            let requests = (more > 0).then_some(more);
            tracing::$level!(requests, error = ?Cause($error), $line);
        }
    };
}

impl From<ManagerError> for Rejection {
    fn from(error: ManagerError) -> Self {
        match error {
            ManagerError::Refused(refusal) => Self::Refused(refusal),
            ManagerError::Failed(failure) => failure.into(),
        }
    }
}

/// A handler may return the manager's error as it is.
impl IntoResponse for ManagerError {
    fn into_response(self) -> Response {
        Rejection::from(self).into_response()
    }
}

impl From<Failure> for Rejection {
    fn from(failure: Failure) -> Self {
        match failure {
            #[cfg(feature = "oauth")]
            Failure::Provider(error) => provider(&error),
            Failure::Hook(error) => hook(error),
            Failure::HookTimedOut(_) => {
                log!(error, "a hook took too long", &failure);
                Self::Unavailable
            }
            Failure::Hash(error @ HashError::Busy) => {
                tell(EventKind::HashingPoolFull, &error);
                Self::Busy(Duration::from_secs(1))
            }
            Failure::Store(StoreError::Refused(source)) => {
                log!(warn, "storage refuses the values", &*source);
                Self::ValidationFailed(vec![FieldError::refused()])
            }
            Failure::BreachCheck(_)
            | Failure::Store(StoreError::Unavailable(_) | StoreError::Conflict(_))
            | Failure::Strategy(
                StrategyError::Unavailable(_)
                | StrategyError::Store(StoreError::Unavailable(_) | StoreError::Conflict(_)),
            ) => {
                tell(EventKind::StorageUnavailable, &failure);
                Self::Unavailable
            }
            #[cfg(feature = "oauth")]
            Failure::Seal(_) | Failure::TokenTooLong { .. } => internal(&failure),
            Failure::NoSuchBackend
            | Failure::NoRequest
            | Failure::Hash(_)
            | Failure::Strategy(_)
            | Failure::Token(_)
            | Failure::Panicked(_)
            | Failure::Store(_) => internal(&failure),
        }
    }
}

/// A hook may return the response itself, as a [`Rejection`] or a [`Refusal`].
fn hook(error: HookError) -> Rejection {
    let error = match error.downcast::<Rejection>() {
        Ok(rejection) => return *rejection,
        Err(error) => error,
    };
    let error = match error.downcast::<Refusal>() {
        Ok(refusal) => return (*refusal).into(),
        Err(error) => error,
    };
    if StoreError::is_away(&*error) {
        tell(EventKind::StorageUnavailable, &*error);
        return Rejection::Unavailable;
    }
    log!(error, "a hook failed", &*error);
    Rejection::Internal
}

fn internal(failure: &Failure) -> Rejection {
    log!(error, "failed", failure);
    Rejection::Internal
}

/// Logs what a provider did. The client learns only whose fault it is.
#[cfg(feature = "oauth")]
fn provider(error: &OAuthError) -> Rejection {
    match error {
        OAuthError::Refused(_) => {
            log!(info, "a provider refused", error, event::is_line_due("a provider refused"));
        }
        OAuthError::IdToken(_) => log!(warn, "an ID token was refused", error),
        OAuthError::Failed(_) | OAuthError::Unreachable(_) | OAuthError::Setting(_) => {
            log!(error, "a provider failed", error);
        }
    }
    error.refusal().into()
}
