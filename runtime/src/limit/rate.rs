//! So many in so long.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::clock::Timestamp;

/// So many in so long: that many at once, and from then on they come back one by one, evenly, within that time. It is the
/// generic cell rate algorithm.
///
/// `Rate::new(10, MINUTE)` allows ten at once, and one every six seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    burst: NonZeroU32,
    period: Duration,
}

impl Rate {
    /// `burst` in `period`.
    ///
    /// # Panics
    ///
    /// When either is nought, or the period too short to be divided: no rate at all is `None` in [`Limits`](super::Limits).
    /// In a constant it does not compile.
    #[must_use]
    pub const fn new(burst: u32, period: Duration) -> Self {
        let Some(burst) = NonZeroU32::new(burst) else {
            panic!("a rate of nought: it would let nothing through")
        };
        assert!(period.as_micros() >= burst.get() as u128, "a rate of more than one in a microsecond");
        Self { burst, period }
    }

    /// How many at once.
    #[must_use]
    pub const fn burst(self) -> NonZeroU32 {
        self.burst
    }

    /// Within how long they all come back.
    #[must_use]
    pub const fn period(self) -> Duration {
        self.period
    }

    /// After how long one comes back.
    #[must_use]
    pub fn interval(self) -> Duration {
        self.period / self.burst.get()
    }

    /// Takes one at `now` of a counter that has all of its rate again at `full_at`, by the generic cell rate algorithm.
    /// Returns the counter's new moment.
    ///
    /// # Errors
    ///
    /// When there is none left: how long until the next one.
    pub(super) fn take(self, full_at: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Duration> {
        let next = full_at.map_or(now, |full_at| full_at.max(now)).after(self.interval());
        let latest = now.after(self.period);
        match u64::try_from(next.micros().saturating_sub(latest.micros())) {
            Ok(wait @ 1..) => Err(Duration::from_micros(wait)),
            Ok(0) | Err(_) => Ok(next),
        }
    }

    /// How many were taken at `now` of a counter that has all of its rate again at `full_at`.
    pub(super) fn taken(self, full_at: Timestamp, now: Timestamp) -> u32 {
        let left = u64::try_from(full_at.micros().saturating_sub(now.micros())).unwrap_or_default();
        let interval = u64::try_from(self.interval().as_micros()).unwrap_or(u64::MAX).max(1);
        u32::try_from(left.div_ceil(interval)).unwrap_or(u32::MAX)
    }

    /// `factor` times as many in the same time.
    pub(super) fn times(self, factor: u32) -> Self {
        let burst = self.burst.saturating_mul(NonZeroU32::new(factor).unwrap_or(NonZeroU32::MIN));
        let shortest = Duration::from_micros(burst.get().into());
        Self { burst, period: self.period.max(shortest) }
    }
}
