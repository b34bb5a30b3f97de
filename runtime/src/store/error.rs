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
    /// What was to be written breaks a rule of the tables: another value that must be the only one, say.
    #[error("storage refuses the values")]
    Refused(#[source] Source),
    /// Storage is away, or too busy to answer in time: worth another try.
    #[error("storage is not available")]
    Unavailable(#[source] Source),
    /// Storage answered what it never should.
    #[error("storage failed")]
    Failed(#[source] Source),
}
