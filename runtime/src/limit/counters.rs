//! What counts: a process's own memory, or something that several share.

use std::fmt::Debug;
use std::pin::Pin;
use std::time::Duration;

use super::{Key, Rate};
use crate::clock::Timestamp;

/// The answer of something that nodes share.
pub type CounterFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, CountersError>> + Send + 'a>>;

/// Counters that the nodes of an app share. Each answer is one atomic operation: of many requests at once, no more get
/// through than the rate allows.
///
/// After three failures in a row, each node counts for itself for five seconds; then one request asks again. Neither change
/// resets a limit: a node goes on from the last answers that it got, and hands over what it has counted by itself.
pub trait Counters: Debug + Send + Sync + 'static {
    /// Takes one of what `key` has left of `rate`.
    ///
    /// `at_least` is the moment at which the node's own count has all of the rate again, if the node counted while these
    /// counters were unreachable. The counter goes on from the later of that moment and its own.
    fn take(
        &self,
        key: Key,
        rate: Rate,
        at_least: Option<Timestamp>,
        now: Timestamp,
    ) -> CounterFuture<'_, Tally>;

    /// Gives back one of what `key` has taken of `rate`. It adds one at most, never more than the rate, and leaves the key.
    fn give_back(&self, key: Key, rate: Rate, now: Timestamp) -> CounterFuture<'_, ()>;

    /// Forgets what `key` has taken.
    fn clear(&self, key: Key) -> CounterFuture<'_, ()>;

    /// How long an answer may take. A later one is a failure. By default 100 milliseconds.
    fn patience(&self) -> Duration {
        Duration::from_millis(100)
    }
}

/// The result of taking one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tally {
    /// There was one.
    Taken {
        /// When the counter has all of its rate again. A node that knows it can go on from there by itself; without it, the
        /// node goes on from its own requests alone.
        full_at: Option<Timestamp>,
    },
    /// There was none; the next one comes in so long.
    Empty(Duration),
    /// The key has no counter of its own, since its network has too many, and there was none in the counter that they
    /// share; the next one comes in so long.
    Crowded(Duration),
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
