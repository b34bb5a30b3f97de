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
