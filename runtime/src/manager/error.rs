//! Why the manager did not do what it was asked.

use crate::client::CrossSite;
use crate::error::Reauthentication;
use crate::event::Reason;
use crate::hooks::{HookError, InvalidPassword};
use crate::password::{BreachCheckError, HashError};
use crate::store::StoreError;
use crate::strategy::StrategyError;
use crate::token::JwtError;

/// The operation in which an error occurred, where it decides the error code of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// A new user: by a registration or by [`Manager::create`](super::Manager::create).
    Register,
    /// A change of a user.
    Update,
    /// A password reset by a token.
    ResetPassword,
    /// The verification of an email, or the confirmation of a new one.
    Verify,
}

/// Why the manager did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManagerError {
    /// The address is another user's.
    #[error("the address is another user's")]
    EmailTaken(Operation),
    /// The password breaks a rule.
    #[error("the password may not be used: {1}")]
    InvalidPassword(Operation, #[source] InvalidPassword),
    /// The current password is missing or wrong.
    #[error("the current password is missing or wrong")]
    BadCurrentPassword,
    /// Whoever has the token shows neither the user's password nor one of its sessions.
    #[error("whoever has the token has not shown to be the user")]
    BadPassword,
    /// The token is not good, or was used.
    #[error("the token is not good")]
    BadToken(Operation),
    /// It was tried too often; so long, and it may be tried again.
    #[error("tried too often")]
    TooMany(std::time::Duration),
    /// The user is verified already.
    #[error("the user is verified already")]
    AlreadyVerified,
    /// The session in whose name a write was made has been revoked meanwhile, or its user is no longer active.
    #[error("the session has ended")]
    SessionEnded,
    /// The user has lost meanwhile the right that the write needs.
    #[error("the user has no right to do it")]
    RightLost(Reason),
    /// The user signed in too long ago for this.
    #[error("the user must sign in again")]
    ReauthenticationRequired(Reauthentication),
    /// Nobody would be an active superuser any more.
    #[error("the user is the last active superuser")]
    LastSuperuser,
    /// There is no such user any more.
    #[error("there is no such user")]
    NoSuchUser,
    /// Something in the app's own tables refers to the user, and keeps it from being deleted.
    #[error("something refers to the user")]
    InUse(#[source] StoreError),
    /// The policy makes no user of whoever registers.
    #[error("whoever registers is not admitted")]
    NotAdmitted,
    /// The account at another service is another user's.
    #[error("the account is another user's")]
    AccountTaken,
    /// The user has no such account.
    #[error("the user has no such account")]
    NoSuchAccount,
    /// Without the account the user could sign in no more.
    #[error("the account is the user's last way to sign in")]
    LastLoginMethod,
    /// The other service tells no address.
    #[error("the other service tells no address")]
    NoEmail,
    /// A user has the address already, and the account does not become that user's.
    #[error("a user with the other service's address is there already")]
    UserAlreadyExists,
    /// There is no such client, or none for this request.
    #[error("there is no such OAuth client")]
    NoSuchClient,
    /// A scope that the client does not ask for.
    #[error("the client does not ask for the scope")]
    ForbiddenScope,
    /// The state of a sign-in is not good.
    #[cfg(feature = "oauth")]
    #[error(transparent)]
    State(#[from] crate::oauth::StateError),
    /// The provider did not do what it was asked.
    #[cfg(feature = "oauth")]
    #[error(transparent)]
    OAuth(#[from] crate::oauth::OAuthError),
    /// A provider's token can't be sealed or opened.
    #[cfg(feature = "oauth")]
    #[error(transparent)]
    Seal(#[from] crate::oauth::SealError),
    /// The table of accounts has no room for a provider's tokens: FastAPI Users makes columns of 1,024 characters.
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
    /// There is no such backend.
    #[error("there is no such backend")]
    NoSuchBackend,
    /// Another site made this browser send the request.
    #[error(transparent)]
    CrossSite(#[from] CrossSite),
    /// A hook that can stop things did.
    #[error("a hook failed")]
    Hook(#[source] HookError),
    /// A hook within a transaction took longer than the app allows, and the transaction was rolled back.
    #[error("a hook within a transaction did not return within {0:?}")]
    HookTimedOut(std::time::Duration),
    /// A password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// It can't be told whether a password was stolen.
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
    Panicked(#[source] tokio::task::JoinError),
    /// Storage failed.
    #[error(transparent)]
    Store(StoreError),
}

impl ManagerError {
    /// Whether a dependency is down or busy, which is no fault of the request: such an error becomes a 503.
    pub(crate) fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Self::Hash(HashError::Busy)
                | Self::BreachCheck(_)
                | Self::Store(StoreError::Unavailable(_))
                | Self::Strategy(
                    StrategyError::Unavailable(_) | StrategyError::Store(StoreError::Unavailable(_))
                )
        )
    }

    /// The same error, of this operation.
    pub(super) fn during(self, operation: Operation) -> Self {
        match self {
            Self::EmailTaken(_) => Self::EmailTaken(operation),
            Self::InvalidPassword(_, invalid) => Self::InvalidPassword(operation, invalid),
            Self::BadToken(_) => Self::BadToken(operation),
            error => error,
        }
    }
}

/// Of an update, unless the operation says otherwise by `ManagerError::during`.
impl From<InvalidPassword> for ManagerError {
    fn from(invalid: InvalidPassword) -> Self {
        Self::InvalidPassword(Operation::Update, invalid)
    }
}

/// Of an update, unless the operation says otherwise by `ManagerError::during`.
impl From<StoreError> for ManagerError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::EmailTaken => Self::EmailTaken(Operation::Update),
            StoreError::AccountTaken => Self::AccountTaken,
            error => Self::Store(error),
        }
    }
}
