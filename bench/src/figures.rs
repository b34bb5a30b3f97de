//! What times come to.

use std::time::Duration;

/// The time below which this share of `times` is, in milliseconds.
pub(crate) fn quantile(times: &[Duration], share: f64) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    let at = (times.len() as f64 * share) as usize;
    times[at.min(times.len() - 1)].as_secs_f64() * 1000.0
}

/// The one in the middle.
pub(crate) fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures = figures.collect::<Vec<_>>();
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// How far two samples are apart by the Mann-Whitney test, in standard deviations: past 3.3 they differ but once in a
/// thousand times by chance. Ties, which times hardly have, count as half.
pub(crate) fn mann_whitney(one: &[Duration], other: &[Duration]) -> f64 {
    let (n, m) = (one.len() as f64, other.len() as f64);
    let wins = one.iter().flat_map(|a| other.iter().map(move |b| a.cmp(b)));
    let u = wins.fold(0.0, |u, order| u + (f64::from(order as i8) + 1.0) / 2.0);
    (u - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(times: &[u64]) -> Vec<Duration> {
        times.iter().map(|&time| Duration::from_millis(time)).collect()
    }

    #[test]
    fn the_middle_and_the_tail() {
        let times = millis(&(1..=100).rev().collect::<Vec<_>>());
        assert_eq!(
            (quantile(&times, 0.5), quantile(&times, 0.99), quantile(&times, 1.0)),
            (51.0, 100.0, 100.0)
        );
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
    }

    #[test]
    fn samples_are_told_apart_by_their_ranks() {
        let (low, high) = (millis(&(0..50).collect::<Vec<_>>()), millis(&(50..100).collect::<Vec<_>>()));
        assert!(mann_whitney(&high, &low) > 8.0);
        assert!((mann_whitney(&high, &low) + mann_whitney(&low, &high)).abs() < 1e-9);
        assert!(mann_whitney(&low, &low).abs() < 1e-9);
    }
}
