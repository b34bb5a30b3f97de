//! What can go wrong in storage.

/// The source of an error, whatever its type.
type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why storage did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The address is another user's.
    #[error("the address is another user's")]
    EmailTaken,
    /// The account at another service is a user's already.
    #[error("the account is a user's already")]
    AccountTaken,
    /// What was to be written breaks a rule of the tables: another value that must be the only one, say.
    #[error("storage refuses the values")]
    Refused(#[source] Source),
    /// The store does not have this method: [`Store::keeps`](crate::store::Store::keeps) says what it has.
    #[error("the store does not support `{0}`")]
    Unsupported(&'static str),
    /// Storage is away, or too busy to answer in time: worth another try.
    #[error("storage is not available")]
    Unavailable(#[source] Source),
    /// The database undid the transaction in favor of another one, by a deadlock or a serialization failure. A new attempt may
    /// succeed.
    #[error("the transaction was undone in favor of another one")]
    Conflict(#[source] Source),
    /// Storage answered what it never should.
    #[error("storage failed")]
    Failed(#[source] Source),
}

impl StoreError {
    /// Whether what a hook failed with, or what is behind it, says that storage is away.
    pub(crate) fn is_away(error: &(dyn std::error::Error + 'static)) -> bool {
        std::iter::successors(Some(error), |error| error.source()).any(|error| {
            #[cfg(feature = "diesel")]
            if error.downcast_ref().is_some_and(super::diesel::is_unavailable) {
                return true;
            }
            matches!(error.downcast_ref(), Some(Self::Unavailable(_) | Self::Conflict(_)))
        })
    }
}
