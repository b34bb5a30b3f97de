//! Many requests at the same moment, and how they fared.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Barrier;

use crate::client::Answer;

/// What `count` tasks come to that start at the same moment.
pub async fn at_once<F>(count: usize, task: impl Fn(usize) -> F) -> Vec<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let start = Arc::new(Barrier::new(count));
    let tasks = (0..count).map(|n| {
        let (start, task) = (Arc::clone(&start), task(n));
        tokio::spawn(async move {
            start.wait().await;
            task.await
        })
    });
    let mut results = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        results.push(task.await.expect("no panic"));
    }
    results
}

/// How many answers had which status and detail.
#[must_use]
pub fn tally(answers: &[Answer]) -> BTreeMap<(u16, String), usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        let detail = answer.detail().as_str().unwrap_or_default().to_owned();
        *tally.entry((answer.status.as_u16(), detail)).or_default() += 1;
    }
    tally
}

/// Fails unless exactly one of `answers` has the status `won`, and all others are a 400 with this detail.
#[track_caller]
pub fn one_wins(answers: &[Answer], won: u16, detail: &str) {
    let expected = [((won, String::new()), 1), ((400, detail.to_owned()), answers.len() - 1)];
    assert_eq!(tally(answers), BTreeMap::from(expected));
}
