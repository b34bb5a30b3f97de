//! Errors of JWTs.

use crate::event::Reason;

/// The reason for which a JWT is rejected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JwtError {
    /// It is not a JWT, has another algorithm, or has a critical header that is unknown.
    #[error("the token can't be read")]
    Malformed,
    /// None of the keys has signed it.
    #[error("the token's signature is not valid")]
    Signature,
    /// It has another audience.
    #[error("the token is for something else")]
    Audience,
    /// It has expired.
    #[error("the token has expired")]
    Expired,
    /// It is not valid yet.
    #[error("the token is not valid yet")]
    Immature,
    /// It can't be signed.
    #[error("the token can't be signed")]
    Sign(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<&JwtError> for Reason {
    fn from(error: &JwtError) -> Self {
        match error {
            JwtError::Malformed | JwtError::Sign(_) => Self::UnknownToken,
            JwtError::Signature => Self::BadSignature,
            JwtError::Audience => Self::WrongPurpose,
            JwtError::Expired => Self::Expired,
            JwtError::Immature => Self::Immature,
        }
    }
}
