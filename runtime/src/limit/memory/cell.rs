//! A counter of one key.

use super::super::key::Key;
use super::super::rate::Rate;
use crate::clock::Timestamp;

/// A counter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) key: Key,
    pub(super) rate: Rate,
    /// The moment at which it has all of its rate again.
    pub(super) full_at: Timestamp,
    /// `true` if the cell has counted requests that the shared counters have not.
    pub(super) is_ahead: bool,
}

impl Cell {
    /// Returns the moment at which it has all of its rate again, if it counted something that the shared counters have not.
    pub(super) fn ahead(&self) -> Option<Timestamp> {
        self.is_ahead.then_some(self.full_at)
    }

    /// Returns the rank for evictions, lowest first: counters of which little was taken, and last those of all clients.
    pub(super) fn rank(&self) -> (bool, Timestamp) {
        (self.key.is_everyones, self.full_at)
    }
}
