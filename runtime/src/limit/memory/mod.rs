//! Counters in the process's own memory, which does not grow past a bound.

mod cell;
mod cells;
mod crowds;
mod remembered;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use self::cell::Cell;
use self::cells::Cells;
use self::remembered::Remembered;
use super::{Key, KnownClient, Rate, Tally};
use crate::clock::{Clock, Timestamp};

/// The most keys that have counters of their own, and the most known clients. One takes about 200 bytes.
const MOST: usize = 100_000;

/// Counters in the process's own memory. With shared counters they hold what those last answered, so that they can go on
/// from there while the shared ones are unreachable.
#[derive(Debug)]
pub(super) struct Memory {
    clock: Arc<dyn Clock>,
    cells: Mutex<Cells>,
    remembered: Mutex<Remembered>,
}

impl Memory {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_most(clock, MOST)
    }

    fn with_most(clock: Arc<dyn Clock>, most: usize) -> Self {
        Self { clock, cells: Mutex::new(Cells::new(most)), remembered: Mutex::new(Remembered::new(most)) }
    }

    pub(super) fn take(&self, key: Key, rate: Rate) -> Tally {
        let now = self.clock.now();
        locked(&self.cells).take(key, rate, now)
    }

    /// Gives back one of what `key` has taken. The key stays.
    pub(super) fn give_back(&self, key: Key, rate: Rate) {
        let now = self.clock.now();
        locked(&self.cells).give_back(&key, rate, now);
    }

    /// Notes what the shared counters answered, to go on from there while they are unreachable.
    pub(super) fn mirror(&self, key: Key, rate: Rate, tally: Tally) {
        let now = self.clock.now();
        let mut cells = locked(&self.cells);
        let full_at = match tally {
            Tally::Taken { full_at: Some(full_at) } => full_at,
            Tally::Taken { full_at: None } => {
                let own = cells.get(&key).map_or(now, |cell| cell.full_at.max(now));
                own.after(rate.interval()).min(now.after(rate.period()))
            }
            Tally::Empty(wait) => now.after(wait).after(rate.period()).before(rate.interval()),
            // The key has no counter of its own.
            Tally::Crowded(_) => return,
        };
        cells.set(key, rate, full_at, now);
    }

    /// The moment at which `key` has all of its rate again, if it counted something here that the shared counters have not.
    pub(super) fn ahead(&self, key: Key) -> Option<Timestamp> {
        locked(&self.cells).get(&key).and_then(Cell::ahead)
    }

    pub(super) fn clear(&self, key: Key) {
        locked(&self.cells).remove(&key);
    }

    pub(super) fn remember(&self, known: &KnownClient, mark: String, lifetime: Duration) {
        let now = self.clock.now();
        locked(&self.remembered).remember(known, mark, lifetime, now);
    }

    pub(super) fn recall(&self, known: &KnownClient) -> Option<String> {
        let now = self.clock.now();
        locked(&self.remembered).recall(known, now).map(str::to_owned)
    }
}

/// A value that a panicking thread left behind is still valid: each write is complete.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::super::key::Keyed;
    use super::super::network::Networks;
    use super::*;
    use crate::clock::ManualClock;
    use crate::secret::Secrets;

    const RATE: Rate = Rate::new(10, Duration::from_secs(60));

    fn key(of: usize) -> Key {
        key_at(of, None)
    }

    fn key_at(of: usize, ip: Option<&str>) -> Key {
        let keyed =
            Keyed::new(&Secrets::new("thirty-two bytes of a good secret").as_given()).expect("a secret");
        let ip = ip.map(|ip| ip.parse::<std::net::IpAddr>().expect("an IP").into());
        keyed.key("test", &[&of.to_string()], &Networks::from(ip))
    }

    fn is_taken(memory: &Memory, of: usize) -> bool {
        takes(memory, key(of))
    }

    fn takes(memory: &Memory, key: Key) -> bool {
        matches!(memory.take(key, RATE), Tally::Taken { .. })
    }

    /// How many a key may take at once.
    fn left(memory: &Memory, key: Key) -> usize {
        (0..1000).take_while(|_| takes(memory, key)).count()
    }

    /// The IP of a client in the `n`th /64 of the `site`th /48 of 2001:db8::/32.
    fn ip(site: usize, n: usize) -> String {
        format!("2001:db8:{site:x}:{n:x}::1")
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
    fn one_that_is_given_back_is_one_at_most() {
        let clock = ManualClock::default();
        let memory = Memory::new(Arc::new(clock.clone()));
        memory.give_back(key(1), RATE);
        for _ in 0..10 {
            assert!(is_taken(&memory, 1));
        }
        memory.give_back(key(1), RATE);
        assert!(is_taken(&memory, 1));
        assert_eq!(memory.take(key(1), RATE), Tally::Empty(Duration::from_secs(6)));
        clock.advance(Duration::from_secs(57));
        memory.give_back(key(1), RATE);
        for _ in 0..10 {
            assert!(is_taken(&memory, 1));
        }
        assert_eq!(memory.take(key(1), RATE), Tally::Empty(Duration::from_secs(6)));
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
        let keys = || locked(&memory.cells).len();
        assert!(keys() <= 2_000 + 256, "{} keys", keys());
        // The first ones have the rest of theirs; the others share what ten clients have.
        assert!(taken <= 2_000 + 10 * 10, "{taken} got through");
        assert!(is_taken(&memory, 0));
        clock.advance(Duration::from_secs(120));
        assert!(is_taken(&memory, 20_000));
        assert_eq!(keys(), 1, "counters that are full again are removed");
    }

    /// Fills a memory of 2,000 keys from many /64s of many /48s of one /32, each key with one taken.
    fn flooded(sites: usize) -> (Memory, ManualClock) {
        let clock = ManualClock::default();
        let memory = Memory::with_most(Arc::new(clock.clone()), 2_000);
        for n in 0..20_000 {
            memory.take(key_at(n, Some(&ip(n % sites, n / sites))), RATE);
        }
        (memory, clock)
    }

    #[test]
    fn a_flood_from_one_provider_costs_others_nothing() {
        for sites in [1, 10, 20_000] {
            let (memory, clock) = flooded(sites);
            let honest = |n: usize| key_at(100_000 + n, Some(&format!("192.0.{n}.1")));
            for n in 0..100 {
                assert!(left(&memory, honest(n)) >= 10, "{sites} sites, before a sweep");
            }
            clock.advance(Duration::from_secs(5));
            for n in 100..200 {
                assert_eq!(left(&memory, honest(n)), 10, "{sites} sites, after a sweep");
            }
            assert!(locked(&memory.cells).len() <= 2_000 + 400 + 256);
        }
    }

    #[test]
    fn the_counters_of_crowded_networks_are_evicted_first() {
        let clock = ManualClock::default();
        let memory = Memory::with_most(Arc::new(clock.clone()), 2_000);
        let honest = (0..100).map(|n| key_at(200_000 + n, Some(&format!("192.0.{n}.1")))).collect::<Vec<_>>();
        // One more guess each, and they would be used up.
        for key in &honest {
            (0..9).for_each(|_| assert!(takes(&memory, *key)));
        }
        for n in 0..20_000 {
            memory.take(key_at(n, Some(&ip(n % 500, n / 500))), RATE);
        }
        clock.advance(Duration::from_secs(5));
        memory.take(key_at(0, Some(&ip(0, 0))), RATE);
        for key in &honest {
            assert_eq!(left(&memory, *key), 1, "the honest keep what they have, and no more");
        }
    }

    #[test]
    fn an_eviction_gives_no_guess_back() {
        for sites in [1, 20] {
            let clock = ManualClock::default();
            let memory = Memory::with_most(Arc::new(clock.clone()), 2_000);
            let keys = (0..4_000).map(|n| key_at(n, Some(&ip(n % sites, n / sites)))).collect::<Vec<_>>();
            for key in &keys {
                left(&memory, *key);
            }
            clock.advance(Duration::from_secs(5));
            // None of the rate of a single counter is there again: 5 of 6 seconds have passed. Of ten times the rate 8 are.
            let again = keys.iter().map(|key| left(&memory, *key)).sum::<usize>();
            assert!(again <= 8 * sites, "{again} guesses at {sites} sites");
            assert!(locked(&memory.cells).len() < 2_000, "room was made");
        }
    }

    #[test]
    fn a_known_client_has_its_own_counter_in_a_crowded_network() {
        let (memory, _) = flooded(1);
        let known = key_at(100_000, Some(&ip(0, 60_000)));
        assert_eq!(left(&memory, known), 0, "its neighbors have used up what they share");
        assert!(matches!(memory.take(known, RATE), Tally::Crowded(_)));
        assert_eq!(left(&memory, known.of_known_client()), 10);
        assert_eq!(left(&memory, known), 0, "it is the same counter");
    }

    #[test]
    fn counting_goes_on_from_the_last_answer_of_the_shared_counters() {
        let clock = ManualClock::default();
        let memory = Memory::new(Arc::new(clock.clone()));
        let eight_taken = Some(clock.now().after(8 * RATE.interval()));
        memory.mirror(key(1), RATE, Tally::Taken { full_at: eight_taken });
        assert_eq!(memory.ahead(key(1)), None, "the shared counters have it");
        assert_eq!(left(&memory, key(1)), 2);
        assert_eq!(memory.ahead(key(1)), Some(clock.now().after(RATE.period())));
        memory.mirror(key(2), RATE, Tally::Empty(RATE.interval()));
        assert_eq!(left(&memory, key(2)), 0);
        for _ in 0..8 {
            memory.mirror(key(3), RATE, Tally::Taken { full_at: None });
        }
        assert_eq!(left(&memory, key(3)), 2);
    }
}
