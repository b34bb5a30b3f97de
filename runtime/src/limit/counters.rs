//! What counts: a process's own memory, or something that several share.

use std::fmt::Debug;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{Key, Rate};
use crate::clock::Timestamp;

/// What counts for the nodes of an app that share it. Each of its answers is one atomic operation: of many at once, no more
/// get through than the rate allows.
///
/// Where it fails, each node counts for itself until it is back.
pub trait Counters: Debug + Send + Sync + 'static {
    /// Takes one of what `key` has left of `rate`.
    fn take(&self, key: Key, rate: Rate, now: Timestamp) -> BoxFuture<'_, Result<Tally, CountersError>>;

    /// Forgets what `key` has taken.
    fn clear(&self, key: Key) -> BoxFuture<'_, Result<(), CountersError>>;

    /// Remembers `key` for so long.
    fn remember(
        &self,
        key: Key,
        lifetime: Duration,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<(), CountersError>>;

    /// Whether `key` is remembered.
    fn remembers(&self, key: Key, now: Timestamp) -> BoxFuture<'_, Result<bool, CountersError>>;
}

/// What came of taking one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tally {
    /// There was one.
    Taken,
    /// There was none; the next one comes in so long.
    Empty(Duration),
}

/// Why nothing was counted.
#[derive(Debug, thiserror::Error)]
#[error("what counts for the limits is not available")]
pub struct CountersError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl CountersError {
    /// For this reason.
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(source.into())
    }
}
