//! When the stored password hashes are counted again.

use std::sync::atomic::{AtomicI64, Ordering};

/// The time between two counts: an hour, in microseconds.
const PAUSE: i64 = 60 * 60 * 1_000_000;

/// When the stored hashes are counted next, in microseconds.
pub(crate) struct NextCount(AtomicI64);

impl NextCount {
    /// A pause after `now`, in microseconds as everywhere here.
    pub(crate) fn after(now: i64) -> Self {
        Self(AtomicI64::new(now.saturating_add(PAUSE)))
    }

    /// Returns whether the count is due. Of several concurrent requests, only one gets `true`.
    pub(super) fn is_due(&self, now: i64) -> bool {
        let next = self.0.load(Ordering::Relaxed);
        let later = now.saturating_add(PAUSE);
        now >= next && self.0.compare_exchange(next, later, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}
