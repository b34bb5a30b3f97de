//! Counters in the process's own memory, which does not grow past a bound.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Key, Rate, Tally};
use crate::clock::{Clock, Timestamp};

/// The most keys that are counted each by itself. One takes about 80 bytes.
const MOST: usize = 200_000;
/// With so few keys, a sweep is not worth its time.
const FEW: usize = 1_000;

/// The shortest time between two sweeps.
const SWEEP_PAUSE: Duration = Duration::from_secs(5);

/// Counters in the process's own memory. With shared counters they hold what those last answered, so that they can go on
/// from there while the shared ones are unreachable.
#[derive(Debug)]
pub(super) struct Memory {
    clock: Arc<dyn Clock>,
    counted: Mutex<Counted>,
    remembered: Mutex<HashMap<Key, Timestamp>>,
    most: usize,
}

#[derive(Debug, Default)]
struct Counted {
    cells: HashMap<Key, Cell>,
    next_sweep: Sweep,
}

/// A counter.
#[derive(Clone, Copy, Debug)]
struct Cell {
    /// When it has all of its rate again.
    full_at: Timestamp,
    /// Whether it counted something that the shared counters have not.
    is_ahead: bool,
}

/// When counters that have all of their rate again are removed: at so many keys, and not before.
#[derive(Debug)]
struct Sweep {
    keys: usize,
    not_before: Timestamp,
}

impl Default for Sweep {
    fn default() -> Self {
        Self { keys: FEW, not_before: Timestamp::from_micros(i64::MIN) }
    }
}

impl Memory {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_most(clock, MOST)
    }

    fn with_most(clock: Arc<dyn Clock>, most: usize) -> Self {
        Self { clock, counted: Mutex::default(), remembered: Mutex::default(), most }
    }

    pub(super) fn take(&self, key: Key, rate: Rate) -> Tally {
        let now = self.clock.now();
        let mut counted = locked(&self.counted);
        // Without room for all, newcomers share a few counters: none gets through uncounted.
        let key = if counted.has_room_for(key, self.most, now) { key } else { key.shared() };
        match rate.take(counted.cells.get(&key).map(|cell| cell.full_at), now) {
            Ok(full_at) => {
                counted.cells.insert(key, Cell { full_at, is_ahead: true });
                Tally::Taken { full_at: Some(full_at) }
            }
            Err(wait) => Tally::Empty(wait),
        }
    }

    /// Notes what the shared counters answered, to go on from there while they are unreachable.
    pub(super) fn mirror(&self, key: Key, rate: Rate, tally: Tally) {
        let now = self.clock.now();
        let mut counted = locked(&self.counted);
        if !counted.has_room_for(key, self.most, now) {
            return;
        }
        let full_at = match tally {
            Tally::Taken { full_at: Some(full_at) } => full_at,
            Tally::Taken { full_at: None } => {
                let own = counted.cells.get(&key).map_or(now, |cell| cell.full_at.max(now));
                own.after(rate.interval()).min(now.after(rate.period()))
            }
            Tally::Empty(wait) => now.after(wait).after(rate.period()).before(rate.interval()),
        };
        counted.cells.insert(key, Cell { full_at, is_ahead: false });
    }

    /// The moment at which `key` has all of its rate again, if it counted something here that the shared counters have not.
    pub(super) fn ahead(&self, key: Key) -> Option<Timestamp> {
        locked(&self.counted).cells.get(&key).filter(|cell| cell.is_ahead).map(|cell| cell.full_at)
    }

    pub(super) fn clear(&self, key: Key) {
        locked(&self.counted).cells.remove(&key);
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
}

impl Counted {
    /// Returns whether `key` may be counted by itself.
    fn has_room_for(&mut self, key: Key, most: usize, now: Timestamp) -> bool {
        self.sweep(most, now);
        self.cells.len() < most || self.cells.contains_key(&key)
    }

    /// Takes time proportional to the number of keys, and so runs seldom, even without room.
    fn sweep(&mut self, most: usize, now: Timestamp) {
        if self.cells.len() < self.next_sweep.keys || now < self.next_sweep.not_before {
            return;
        }
        self.cells.retain(|_, cell| cell.full_at > now);
        let keys = (2 * self.cells.len()).clamp(FEW, most.max(FEW));
        self.next_sweep = Sweep { keys, not_before: now.after(SWEEP_PAUSE) };
    }
}

/// A value that a panicking thread left behind is still valid: each write is complete.
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

    fn is_taken(memory: &Memory, of: usize) -> bool {
        matches!(memory.take(key(of), RATE), Tally::Taken { .. })
    }

    #[test]
    fn so_many_at_once_and_then_one_by_one() {
        let clock = ManualClock::default();
        let memory = Memory::new(Arc::new(clock.clone()));
        for _ in 0..10 {
            assert!(is_taken(&memory, 1));
        }
        assert_eq!(memory.take(key(1), RATE), Tally::Empty(Duration::from_secs(6)));
        assert!(is_taken(&memory, 2));
        clock.advance(Duration::from_secs(5));
        assert_eq!(memory.take(key(1), RATE), Tally::Empty(Duration::from_secs(1)));
        clock.advance(Duration::from_secs(1));
        assert!(is_taken(&memory, 1));
        assert_eq!(memory.take(key(1), RATE), Tally::Empty(Duration::from_secs(6)));
        memory.clear(key(1));
        assert!(is_taken(&memory, 1));
    }

    #[test]
    fn of_many_threads_as_many_get_through_as_may() {
        let memory = Memory::new(Arc::new(ManualClock::default()));
        let taken = std::thread::scope(|scope| {
            let threads = (0..8).map(|_| scope.spawn(|| (0..100).filter(|_| is_taken(&memory, 1)).count()));
            let threads = threads.collect::<Vec<_>>();
            threads.into_iter().map(|thread| thread.join().expect("it counts")).sum::<usize>()
        });
        assert_eq!(taken, 10);
    }

    #[test]
    fn it_does_not_grow_past_its_bound_and_lets_nobody_through_uncounted() {
        let clock = ManualClock::default();
        let memory = Memory::with_most(Arc::new(clock.clone()), 2_000);
        let taken = (0..20_000).filter(|n| is_taken(&memory, *n)).count();
        let keys = || locked(&memory.counted).cells.len();
        assert!(keys() <= 2_000 + 256, "{} keys", keys());
        // Those who were first have the rest of theirs; of the others there are 256 kinds.
        assert!(taken <= 2_000 + 256 * 10, "{taken} got through");
        assert!(is_taken(&memory, 0));
        clock.advance(Duration::from_secs(120));
        assert!(is_taken(&memory, 20_000));
        assert_eq!(keys(), 1, "counters that are full again are removed");
    }

    #[test]
    fn counting_goes_on_from_the_last_answer_of_the_shared_counters() {
        let clock = ManualClock::default();
        let memory = Memory::new(Arc::new(clock.clone()));
        let left = |key| (0..20).filter(|_| matches!(memory.take(key, RATE), Tally::Taken { .. })).count();
        let eight_taken = Some(clock.now().after(8 * RATE.interval()));
        memory.mirror(key(1), RATE, Tally::Taken { full_at: eight_taken });
        assert_eq!(memory.ahead(key(1)), None, "the shared counters have it");
        assert_eq!(left(key(1)), 2);
        assert_eq!(memory.ahead(key(1)), Some(clock.now().after(RATE.period())));
        memory.mirror(key(2), RATE, Tally::Empty(RATE.interval()));
        assert_eq!(left(key(2)), 0);
        for _ in 0..8 {
            memory.mirror(key(3), RATE, Tally::Taken { full_at: None });
        }
        assert_eq!(left(key(3)), 2);
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
