//! Counters in the process's own memory, which does not grow past a bound.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;
use governor::{Quota, RateLimiter};

use super::{Key, Rate, Tally};
use crate::clock::{Clock, Timestamp};

/// The most keys of one rate. One takes about 50 bytes.
const MOST: usize = 100_000;
/// So many keys are not worth a look at which of them are done.
const FEW: usize = 1_000;

/// Between two looks at which keys are done.
const SWEEP_PAUSE: Duration = Duration::from_secs(5);

/// Counters in the process's own memory.
#[derive(Debug)]
pub(super) struct Memory {
    clock: Since,
    rates: Mutex<HashMap<Rate, Arc<Counted>>>,
    remembered: Mutex<HashMap<Key, Timestamp>>,
    most: usize,
}

/// What is counted of one rate.
#[derive(Debug)]
struct Counted {
    limiter: RateLimiter<Key, Cells, Since, NoOpMiddleware<Nanos>>,
    cells: Cells,
    next_sweep: Mutex<Sweep>,
}

/// When those are taken out that have all of their rate again: at so many keys, and not before.
#[derive(Debug)]
struct Sweep {
    keys: usize,
    not_before: Nanos,
}

/// When each key will have all of its rate again. Clones share it.
#[derive(Clone, Debug, Default)]
struct Cells(Arc<Mutex<HashMap<Key, Nanos>>>);

/// The app's clock, from when the process began.
#[derive(Clone, Debug)]
struct Since {
    clock: Arc<dyn Clock>,
    start: Timestamp,
}

impl Memory {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_most(clock, MOST)
    }

    fn with_most(clock: Arc<dyn Clock>, most: usize) -> Self {
        let start = clock.now();
        let (rates, remembered) = (Mutex::default(), Mutex::default());
        Self { clock: Since { clock, start }, rates, remembered, most }
    }

    pub(super) fn take(&self, key: Key, rate: Rate) -> Tally {
        let counted = self.counted(rate);
        // Where there are too many to be counted each, newcomers count as few: nobody is let through uncounted.
        let key = if counted.has_room_for(key, self.most) { key } else { key.shared() };
        match counted.limiter.check_key(&key) {
            Ok(()) => Tally::Taken,
            Err(not_until) => Tally::Empty(not_until.wait_time_from(self.clock.now())),
        }
    }

    pub(super) fn clear(&self, key: Key) {
        for counted in locked(&self.rates).values() {
            counted.cells.locked().remove(&key);
        }
    }

    pub(super) fn remember(&self, key: Key, lifetime: Duration, now: Timestamp) {
        let mut remembered = locked(&self.remembered);
        if remembered.len() >= self.most {
            remembered.retain(|_, end| *end > now);
        }
        if remembered.len() < self.most {
            remembered.insert(key, now.after(lifetime));
        }
    }

    pub(super) fn remembers(&self, key: Key, now: Timestamp) -> bool {
        locked(&self.remembered).get(&key).is_some_and(|end| *end > now)
    }

    fn counted(&self, rate: Rate) -> Arc<Counted> {
        let mut rates = locked(&self.rates);
        Arc::clone(rates.entry(rate).or_insert_with(|| Arc::new(Counted::new(rate, self.clock.clone()))))
    }
}

impl Counted {
    fn new(rate: Rate, clock: Since) -> Self {
        let cells = Cells::default();
        // A rate's interval is at least a microsecond.
        let quota = Quota::with_period(rate.interval()).unwrap_or_else(|| Quota::per_second(rate.burst()));
        let limiter = RateLimiter::new(quota.allow_burst(rate.burst()), cells.clone(), clock);
        Self { limiter, cells, next_sweep: Mutex::new(Sweep { keys: FEW, not_before: Nanos::default() }) }
    }

    /// Whether `key` may be counted by itself.
    fn has_room_for(&self, key: Key, most: usize) -> bool {
        self.sweep(most);
        self.limiter.len() < most || self.cells.locked().contains_key(&key)
    }

    /// It takes as long as there are keys, and so is done seldom, also where there are too many.
    fn sweep(&self, most: usize) {
        let (mut next, now) = (locked(&self.next_sweep), self.limiter.clock().now());
        if self.limiter.len() >= next.keys && now >= next.not_before {
            self.limiter.retain_recent();
            next.keys = (2 * self.limiter.len()).clamp(FEW, most.max(FEW));
            next.not_before = now + SWEEP_PAUSE;
        }
    }
}

impl Cells {
    fn locked(&self) -> MutexGuard<'_, HashMap<Key, Nanos>> {
        locked(&self.0)
    }
}

impl StateStore for Cells {
    type Key = Key;

    fn measure_and_replace<T, F, E>(&self, key: &Key, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut cells = self.locked();
        let (value, full_at) = decide(cells.get(key).copied())?;
        cells.insert(*key, full_at);
        Ok(value)
    }
}

impl ShrinkableKeyedStateStore<Key> for Cells {
    fn retain_recent(&self, drop_below: Nanos) {
        self.locked().retain(|_, full_at| *full_at > drop_below);
    }

    fn shrink_to_fit(&self) {
        self.locked().shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.locked().len()
    }

    fn is_empty(&self) -> bool {
        self.locked().is_empty()
    }
}

impl GovernorClock for Since {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let micros = self.clock.now().micros().saturating_sub(self.start.micros());
        Nanos::new(u64::try_from(micros).unwrap_or_default().saturating_mul(1000))
    }
}

/// What a panic elsewhere has left behind is as good as before: each write is one.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::super::key::Keyed;
    use super::*;
    use crate::clock::ManualClock;
    use crate::secret::Secret;

    const RATE: Rate = Rate::new(10, Duration::from_secs(60));

    fn key(of: usize) -> Key {
        let keyed = Keyed::new(&Secret::new("thirty-two bytes of a good secret")).expect("a secret");
        keyed.key("test", &[&of.to_string()])
    }

    #[test]
    fn so_many_at_once_and_then_one_by_one() {
        let clock = ManualClock::default();
        let memory = Memory::new(Arc::new(clock.clone()));
        for _ in 0..10 {
            assert_eq!(memory.take(key(1), RATE), Tally::Taken);
        }
        assert_eq!(memory.take(key(1), RATE), Tally::Empty(Duration::from_secs(6)));
        assert_eq!(memory.take(key(2), RATE), Tally::Taken);
        clock.advance(Duration::from_secs(5));
        assert_eq!(memory.take(key(1), RATE), Tally::Empty(Duration::from_secs(1)));
        clock.advance(Duration::from_secs(1));
        assert_eq!(memory.take(key(1), RATE), Tally::Taken);
        assert_eq!(memory.take(key(1), RATE), Tally::Empty(Duration::from_secs(6)));
        memory.clear(key(1));
        assert_eq!(memory.take(key(1), RATE), Tally::Taken);
    }

    #[test]
    fn of_many_threads_as_many_get_through_as_may() {
        let memory = Memory::new(Arc::new(ManualClock::default()));
        let taken = std::thread::scope(|scope| {
            let threads = (0..8).map(|_| {
                scope.spawn(|| (0..100).filter(|_| memory.take(key(1), RATE) == Tally::Taken).count())
            });
            let threads = threads.collect::<Vec<_>>();
            threads.into_iter().map(|thread| thread.join().expect("it counts")).sum::<usize>()
        });
        assert_eq!(taken, 10);
    }

    #[test]
    fn it_does_not_grow_past_its_bound_and_lets_nobody_through_uncounted() {
        let clock = ManualClock::default();
        let memory = Memory::with_most(Arc::new(clock.clone()), 2_000);
        let taken = (0..20_000).filter(|n| memory.take(key(*n), RATE) == Tally::Taken).count();
        let counted = memory.counted(RATE);
        assert!(counted.limiter.len() <= 2_000 + 256, "{} keys", counted.limiter.len());
        // Those who were first have the rest of theirs; of the others there are 256 kinds.
        assert!(taken <= 2_000 + 256 * 10, "{taken} got through");
        assert_eq!(memory.take(key(0), RATE), Tally::Taken);
        clock.advance(Duration::from_secs(120));
        assert_eq!(memory.take(key(20_000), RATE), Tally::Taken);
        assert_eq!(counted.limiter.len(), 1, "those that are done are taken out");
    }

    #[test]
    fn what_is_remembered_is_forgotten_in_time() {
        let clock = ManualClock::default();
        let memory = Memory::with_most(Arc::new(clock.clone()), 2);
        let minute = Duration::from_secs(60);
        memory.remember(key(1), minute, clock.now());
        clock.advance(minute / 2);
        memory.remember(key(2), minute, clock.now());
        memory.remember(key(3), minute, clock.now());
        assert_eq!([1, 2, 3].map(|n| memory.remembers(key(n), clock.now())), [true, true, false]);
        clock.advance(minute / 2);
        memory.remember(key(3), minute, clock.now());
        assert_eq!([1, 2, 3].map(|n| memory.remembers(key(n), clock.now())), [false, true, true]);
    }
}
