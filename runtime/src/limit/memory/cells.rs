//! Counters by their keys, within a bound: crowded networks make room first.

use std::collections::HashMap;
use std::time::Duration;

use super::super::key::{Digest, Key};
use super::super::{CLIENTS_OF_A_BLOCK, CLIENTS_OF_A_SITE, Rate, Tally};
use super::cell::Cell;
use super::crowds::Crowds;
use crate::clock::Timestamp;

/// With so few keys, a sweep is not worth its time.
const FEW: usize = 1_000;
/// The shortest time between two sweeps.
const SWEEP_PAUSE: Duration = Duration::from_secs(5);

/// Counters by their keys.
#[derive(Debug)]
pub(super) struct Cells {
    own: HashMap<Digest, Cell>,
    /// Of clients whose networks have no room for counters of their own.
    shared: HashMap<Digest, SharedCell>,
    most: usize,
    next_sweep: Sweep,
}

#[derive(Clone, Copy, Debug)]
struct SharedCell {
    full_at: Timestamp,
}

/// When counters that have all of their rate again are removed: at so many keys, and not before.
#[derive(Debug)]
struct Sweep {
    keys: usize,
    not_before: Timestamp,
}

/// Who shares a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sharers {
    Site,
    Block,
    /// Many blocks.
    All,
}

impl Sharers {
    fn digest(self, key: &Key) -> Digest {
        match self {
            Self::Site => key.shared_by_site,
            Self::Block => key.shared_by_block,
            Self::All => key.last_resort(),
        }
    }

    fn rate(self, rate: Rate) -> Rate {
        match self {
            Self::Site => rate.times(CLIENTS_OF_A_SITE),
            Self::Block | Self::All => rate.times(CLIENTS_OF_A_BLOCK),
        }
    }
}

impl Cells {
    /// At most `most` counters of clients' own. Known clients may have as many again.
    pub(super) fn new(most: usize) -> Self {
        let next_sweep = Sweep { keys: FEW, not_before: Timestamp::from_micros(i64::MIN) };
        Self { own: HashMap::new(), shared: HashMap::new(), most, next_sweep }
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Cell> {
        self.own.get(key.bytes())
    }

    /// Gives back one of what `key` has taken of a counter of its own, never more than the rate.
    pub(super) fn give_back(&mut self, key: &Key, rate: Rate, now: Timestamp) {
        if let Some(cell) = self.own.get_mut(key.bytes()) {
            cell.full_at = cell.full_at.before(rate.interval()).max(now);
        }
    }

    pub(super) fn remove(&mut self, key: &Key) {
        self.own.remove(key.bytes());
    }

    /// Takes one of `key`'s own counter, or, without room for it, of one that it shares: nothing gets through uncounted.
    pub(super) fn take(&mut self, key: Key, rate: Rate, now: Timestamp) -> Tally {
        self.sweep(now);
        if self.has_own(&key, now) {
            let full_at = self.get(&key).map(|cell| cell.full_at);
            return match rate.take(full_at, now) {
                Ok(full_at) => {
                    self.own.insert(*key.bytes(), Cell { key, rate, full_at, is_ahead: true });
                    Tally::Taken { full_at: Some(full_at) }
                }
                Err(wait) => Tally::Empty(wait),
            };
        }
        let sharers = self.sharers(&key, now);
        let full_at = self.shared.get(&sharers.digest(&key)).map(|cell| cell.full_at);
        match sharers.rate(rate).take(full_at, now) {
            Ok(full_at) => {
                self.shared.insert(sharers.digest(&key), SharedCell { full_at });
                Tally::Taken { full_at: None }
            }
            Err(wait) => Tally::Crowded(wait),
        }
    }

    /// Sets the moment of `key`'s counter, if there is room for it.
    pub(super) fn set(&mut self, key: Key, rate: Rate, full_at: Timestamp, now: Timestamp) {
        self.sweep(now);
        if self.has_own(&key, now) {
            self.own.insert(*key.bytes(), Cell { key, rate, full_at, is_ahead: false });
        }
    }

    /// Returns whether `key` has a counter of its own, or gets one. The clients of a network whose counters were evicted
    /// get none until the counter that they share is full again: what was taken of the evicted ones is in it.
    fn has_own(&self, key: &Key, now: Timestamp) -> bool {
        if self.own.contains_key(key.bytes()) {
            return true;
        }
        match key.is_of_known {
            true => self.own.len() < 2 * self.most,
            false => self.own.len() < self.most && self.shared_in_use(key, now).is_none(),
        }
    }

    fn shared_in_use(&self, key: &Key, now: Timestamp) -> Option<Sharers> {
        [Sharers::Site, Sharers::Block]
            .into_iter()
            .find(|sharers| self.shared.get(&sharers.digest(key)).is_some_and(|cell| cell.full_at > now))
    }

    /// Who shares a counter with `key`: its site, else its block where there are too many sites, else many.
    fn sharers(&self, key: &Key, now: Timestamp) -> Sharers {
        self.shared_in_use(key, now).unwrap_or_else(|| self.sharers_with_room(key))
    }

    fn sharers_with_room(&self, key: &Key) -> Sharers {
        let has_room = |sharers: Sharers, most: usize| {
            self.shared.len() < most || self.shared.contains_key(&sharers.digest(key))
        };
        let most = (self.most / 10).max(1);
        if has_room(Sharers::Site, most) {
            Sharers::Site
        } else if has_room(Sharers::Block, 2 * most) {
            Sharers::Block
        } else {
            Sharers::All
        }
    }

    /// Takes time proportional to the number of keys, and so runs seldom, even without room.
    fn sweep(&mut self, now: Timestamp) {
        if self.own.len() < self.next_sweep.keys || now < self.next_sweep.not_before {
            return;
        }
        self.own.retain(|_, cell| cell.full_at > now);
        self.shared.retain(|_, cell| cell.full_at > now);
        // A tenth of the room is for newcomers.
        let most = self.most - self.most / 10;
        if self.own.len() > most {
            for cell in Crowds::of(self.own.values()).over(most) {
                self.evict(&cell, now);
            }
        }
        let keys = (2 * self.own.len()).clamp(FEW, self.most.max(FEW));
        self.next_sweep = Sweep { keys, not_before: now.after(SWEEP_PAUSE) };
    }

    /// Passes what was taken of a counter to one that its network shares.
    fn evict(&mut self, cell: &Cell, now: Timestamp) {
        self.own.remove(cell.key.bytes());
        let sharers = self.sharers_with_room(&cell.key);
        let rate = sharers.rate(cell.rate);
        let taken = cell.rate.taken(cell.full_at, now);
        let shared = self.shared.entry(sharers.digest(&cell.key)).or_insert(SharedCell { full_at: now });
        let full_at = shared.full_at.max(now).after(rate.interval().saturating_mul(taken));
        shared.full_at = full_at.min(now.after(rate.period()));
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.own.len() + self.shared.len()
    }
}
