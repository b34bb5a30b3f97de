//! Why a strategy could not issue, read or revoke a token.

use crate::settings::StartError;
use crate::store::StoreError;
use crate::token::JwtError;

/// Why a token could not be made, read or ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StrategyError {
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The user changed since the password was checked.
    #[error("the user changed while signing in")]
    UserChanged,
    /// A token could not be signed.
    #[error("a token could not be made")]
    Token(#[from] JwtError),
    /// The settings that a function of the request chose contradict each other.
    #[error("the strategy for this request can't be used")]
    Settings(#[source] StartError),
    /// The storage of a strategy of the app's own is unreachable: the client may try again.
    #[error("the strategy's storage is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A strategy of the app's own failed.
    #[error("the strategy failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}
