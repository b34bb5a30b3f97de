//! Events and hashing as numbers, by the facade `metrics`. Labels are words of the code alone: no user and no address
//! is one, so that there are few of them, however many users there are.

use std::time::Instant;

use metrics::{Label, counter, gauge, histogram};

use super::method::Method;
use super::reason::Reason;
use super::security_event::Event;

/// How many passwords wait to be hashed.
const QUEUE: &str = "axum_users_hashing_queue";

/// Counts `event`.
pub(super) fn count(event: &Event<'_>) {
    let labels = [
        ("event", Some(event.kind.name())),
        ("backend", event.backend),
        ("method", event.method.map(Method::word)),
        ("reason", event.reason.map(Reason::word)),
        ("oauth_client", event.oauth_client),
        ("limit", event.limit),
    ];
    let labels = labels.into_iter().filter_map(|(name, value)| Some(Label::from_static_parts(name, value?)));
    counter!("axum_users_events_total", labels.collect::<Vec<_>>()).increment(1);
}

/// A password that waits to be hashed.
pub(crate) struct Waiting {
    operation: &'static str,
    since: Instant,
}

impl Waiting {
    /// It waits from now on, to be hashed or to be compared with a hash: `operation`.
    pub(crate) fn for_(operation: &'static str) -> Self {
        gauge!(QUEUE).increment(1.0);
        Self { operation, since: Instant::now() }
    }

    /// Its turn has come: what `work` takes is the hasher's time.
    pub(crate) fn over<T>(self, work: impl FnOnce() -> T) -> T {
        let operation = self.operation;
        histogram!("axum_users_hashing_wait_seconds").record(self.since.elapsed());
        drop(self);
        let start = Instant::now();
        let done = work();
        histogram!("axum_users_hashing_seconds", "operation" => operation).record(start.elapsed());
        done
    }
}

/// Whether it was hashed, turned away, or waits for a pool that has ended.
impl Drop for Waiting {
    fn drop(&mut self) {
        gauge!(QUEUE).decrement(1.0);
    }
}
