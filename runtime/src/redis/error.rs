//! Errors of Redis.

/// An error of Redis.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RedisError {
    /// The URL of a Redis can't be parsed.
    #[error("the address of a Redis can't be used: write `redis://host:port`")]
    Address(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Redis is unreachable, or reports that it can't run commands now: a later attempt may succeed.
    #[error("Redis is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl RedisError {
    pub(super) fn address(error: redis::RedisError) -> Self {
        Self::Address(error.into())
    }

    pub(super) fn unavailable(error: redis::RedisError) -> Self {
        Self::Unavailable(error.into())
    }
}
