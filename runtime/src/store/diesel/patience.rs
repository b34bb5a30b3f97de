//! How long an answer is waited for, without a timer for each. It knows no databases.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// How long each answer on a connection may take.
///
/// A timer of each answer's own would be set and taken back, and most often wake the runtime's driver for it: a tenth of
/// what a request costs. This one is set again only when it has rung, which is at an earlier answer's end or at this one's.
pub(super) struct Patience {
    limit: Option<Duration>,
    alarm: Option<Pin<Box<Sleep>>>,
}

/// An answer took too long.
#[derive(Debug, thiserror::Error)]
#[error("no answer came within {0:?}")]
pub(super) struct NoAnswer(Duration);

impl Patience {
    /// `None`: for ever.
    pub(super) fn new(limit: Option<Duration>) -> Self {
        Self { limit, alarm: None }
    }

    /// What `work` comes to, if it does in time.
    pub(super) async fn within<T>(&mut self, work: impl Future<Output = T>) -> Result<T, NoAnswer> {
        let Some(limit) = self.limit else { return Ok(work.await) };
        let mut work = pin!(work);
        let mut end = None;
        poll_fn(|context| {
            if let Poll::Ready(answer) = work.as_mut().poll(context) {
                return Poll::Ready(Ok(answer));
            }
            let end = *end.get_or_insert_with(|| Instant::now() + limit);
            self.rings_at(end, context).map(|()| Err(NoAnswer(limit)))
        })
        .await
    }

    /// Ready once it is `end`, which is no earlier than any end before.
    fn rings_at(&mut self, end: Instant, context: &mut Context<'_>) -> Poll<()> {
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(end)));
        while alarm.as_mut().poll(context).is_ready() {
            if Instant::now() >= end {
                return Poll::Ready(());
            }
            alarm.as_mut().reset(end);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::time::sleep;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    /// How long nothing is waited for.
    async fn wait(patience: &mut Patience) -> Duration {
        let start = Instant::now();
        patience.within(pending::<()>()).await.expect_err("nothing comes");
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn each_answer_has_its_whole_time() {
        let mut patience = Patience::new(Some(LIMIT));
        assert_eq!(wait(&mut patience).await, LIMIT);
        for seconds in [0, 1, 29, 31, 90] {
            let answer = patience.within(sleep(Duration::from_secs(7))).await;
            answer.expect("in time, with the alarm of an earlier wait set");
            sleep(Duration::from_secs(seconds)).await;
            assert_eq!(wait(&mut patience).await, LIMIT, "{seconds}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_in_time_is_given_back() {
        let mut patience = Patience::new(Some(LIMIT));
        assert_eq!(patience.within(ready(7)).await.expect("at once"), 7);
        let late = async { sleep(LIMIT - Duration::from_millis(1)).await };
        patience.within(late).await.expect("in time");
        let start = Instant::now();
        let later = patience.within(sleep(LIMIT * 2)).await;
        assert!(later.is_err() && start.elapsed() == LIMIT);
        let mut endless = Patience::new(None);
        endless.within(sleep(LIMIT * 1000)).await.expect("there is no limit");
    }
}
