//! Which counters make room for others: those of the networks that have most.

use std::collections::HashMap;

use super::super::key::Digest;
use super::cell::Cell;

/// Counters by the networks that caused them.
#[derive(Debug)]
pub(super) struct Crowds(HashMap<Digest, HashMap<Digest, Vec<Cell>>>);

impl Crowds {
    pub(super) fn of<'c>(cells: impl Iterator<Item = &'c Cell>) -> Self {
        let mut crowds = HashMap::<Digest, HashMap<Digest, Vec<Cell>>>::new();
        for cell in cells {
            crowds.entry(cell.key.block).or_default().entry(cell.key.site).or_default().push(*cell);
        }
        Self(crowds)
    }

    /// The counters to evict, so that about `most` are left: of the most crowded blocks those of the most crowded sites, and
    /// of these the ones of which least was taken. A block that has one counter keeps it.
    pub(super) fn over(self, most: usize) -> Vec<Cell> {
        let in_block = |sites: &HashMap<Digest, Vec<Cell>>| sites.values().map(Vec::len).sum::<usize>();
        let share = fair_share(self.0.values().map(in_block).collect(), most);
        let crowded = self.0.into_values().filter(|sites| in_block(sites) > share);
        crowded.flat_map(|sites| over_in_block(sites, share)).collect()
    }
}

fn over_in_block(sites: HashMap<Digest, Vec<Cell>>, most: usize) -> Vec<Cell> {
    let share = fair_share(sites.values().map(Vec::len).collect(), most);
    let (mut evicted, mut kept) = (Vec::new(), Vec::new());
    for mut cells in sites.into_values() {
        cells.sort_unstable_by_key(Cell::rank);
        let first_kept = cells.len().saturating_sub(share);
        kept.extend(cells.drain(first_kept..));
        evicted.extend(cells);
    }
    // There are more sites than the block may have counters.
    kept.sort_unstable_by_key(Cell::rank);
    kept.truncate(kept.len().saturating_sub(most));
    evicted.extend(kept);
    evicted
}

/// The most that each of several may have, so that all have about `most` together. It is at least one.
fn fair_share(mut sizes: Vec<usize>, most: usize) -> usize {
    sizes.sort_unstable();
    let mut left = most;
    let count = sizes.len();
    for (index, size) in sizes.into_iter().enumerate() {
        let share = left / (count - index);
        if size > share {
            return share.max(1);
        }
        left -= size;
    }
    usize::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_crowds_keep_what_they_have() {
        assert_eq!(fair_share(vec![1, 2, 3], 6), usize::MAX);
        assert_eq!(fair_share(vec![1, 2, 100], 10), 7);
        assert_eq!(fair_share(vec![100, 1, 100], 21), 10);
        assert_eq!(fair_share(vec![1; 100], 10), 1);
        assert_eq!(fair_share(Vec::new(), 10), usize::MAX);
    }
}
