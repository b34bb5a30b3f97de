//! Asks what nodes share, counters and known clients, and stops asking them for a while when they fail.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::timeout;
use tracing::Instrument;

use super::{Counters, CountersError, KnownClients};
use crate::clock::{Clock, Timestamp};

/// After so many failures in a row the counters are not asked.
const FAILURES: u32 = 3;

/// For so long; then one request asks again.
const PAUSE: Duration = Duration::from_secs(5);

/// The shortest time between two lines in the log about failures.
const LOG_PAUSE: Duration = Duration::from_secs(60);

/// Something that nodes share.
#[derive(Debug)]
pub(super) struct Shared<T: ?Sized> {
    asked: Arc<T>,
    patience: Duration,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// When a request last had to find out whether the counters answer again, or when they last failed.
    paused_at: Option<Timestamp>,
    logged_at: Option<Timestamp>,
}

impl Shared<dyn Counters> {
    pub(super) fn counters(counters: Arc<dyn Counters>, clock: Arc<dyn Clock>) -> Self {
        Self { patience: counters.patience(), asked: counters, clock, state: Mutex::default() }
    }
}

impl Shared<dyn KnownClients> {
    pub(super) fn known_clients(known: Arc<dyn KnownClients>, clock: Arc<dyn Clock>) -> Self {
        Self { patience: known.patience(), asked: known, clock, state: Mutex::default() }
    }
}

impl<A: ?Sized> Shared<A> {
    /// The answer, or `None` where they fail, take longer than their patience or are not asked. This
    /// process answers then by itself.
    pub(super) async fn ask<T, F>(&self, ask: impl FnOnce(Arc<A>) -> F) -> Option<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, CountersError>> + Send + 'static,
    {
        if !self.may_ask() {
            return None;
        }
        // It runs to its own end, so that a connection on which no answer comes is found to be lost.
        let answer = tokio::spawn(ask(Arc::clone(&self.asked)).in_current_span());
        let answer = match timeout(self.patience, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(panic)) => Err(CountersError::new(panic)),
            Err(elapsed) => Err(CountersError::new(elapsed)),
        };
        match answer {
            Ok(answer) => {
                self.succeeded();
                Some(answer)
            }
            Err(error) => {
                self.failed(&error);
                None
            }
        }
    }

    /// Returns whether this request may ask. During a pause none does; after it one does, and the pause starts anew for all
    /// others.
    fn may_ask(&self) -> bool {
        let now = self.clock.now();
        let mut state = self.state();
        match state.paused_at {
            Some(paused_at) if is_within(paused_at, PAUSE, now) => false,
            Some(_) => {
                state.paused_at = Some(now);
                true
            }
            None => true,
        }
    }

    fn succeeded(&self) {
        let mut state = self.state();
        let was_paused = state.paused_at.take().is_some();
        state.failures = 0;
        drop(state);
        if was_paused {
            tracing::info!("the shared counters for limits answer again");
        }
    }

    fn failed(&self, error: &CountersError) {
        let now = self.clock.now();
        let mut state = self.state();
        state.failures = state.failures.saturating_add(1);
        let pauses = state.failures == FAILURES;
        if state.failures >= FAILURES {
            state.paused_at = Some(now);
        }
        let is_logged = pauses || !state.logged_at.is_some_and(|at| is_within(at, LOG_PAUSE, now));
        if is_logged {
            state.logged_at = Some(now);
        }
        drop(state);
        if is_logged {
            let error = error as &dyn std::error::Error;
            tracing::warn!(error, "the shared counters for limits fail: this process counts for itself");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A value that a panicking thread left behind is still valid: each write is complete.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns whether less than `duration` has passed since `since`. A clock that was set back ends it, too.
fn is_within(since: Timestamp, duration: Duration, now: Timestamp) -> bool {
    since <= now && now < since.after(duration)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt;

    use super::super::key::Keyed;
    use super::super::network::Networks;
    use super::super::{CounterFuture, Key, Rate, Tally};
    use super::*;
    use crate::clock::ManualClock;
    use crate::secret::Secrets;

    const RATE: Rate = Rate::new(10, Duration::from_secs(60));

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Mood {
        Answers,
        Fails,
        IsSilent,
    }

    /// Counters with a mood, which note how often they are asked.
    #[derive(Clone, Debug)]
    struct Moody(Arc<Mutex<Mood>>, Arc<AtomicUsize>);

    impl Counters for Moody {
        fn take(&self, _: Key, _: Rate, _: Option<Timestamp>, _: Timestamp) -> CounterFuture<'_, Tally> {
            self.1.fetch_add(1, Ordering::SeqCst);
            let mood = *self.0.lock().expect("no panic");
            async move {
                match mood {
                    Mood::Answers => Ok(Tally::Taken { full_at: None }),
                    Mood::Fails => Err(CountersError::new("no")),
                    Mood::IsSilent => std::future::pending().await,
                }
            }
            .boxed()
        }

        fn give_back(&self, _: Key, _: Rate, _: Timestamp) -> CounterFuture<'_, ()> {
            async { Ok(()) }.boxed()
        }

        fn clear(&self, _: Key) -> CounterFuture<'_, ()> {
            async { Ok(()) }.boxed()
        }
    }

    struct Scene {
        shared: Shared<dyn Counters>,
        clock: ManualClock,
        moody: Moody,
    }

    impl Scene {
        fn new(mood: Mood) -> Self {
            let clock = ManualClock::default();
            let moody = Moody(Arc::new(Mutex::new(mood)), Arc::default());
            let shared = Shared::counters(Arc::new(moody.clone()), Arc::new(clock.clone()));
            Self { shared, clock, moody }
        }

        fn turn(&self, mood: Mood) {
            *self.moody.0.lock().expect("no panic") = mood;
        }

        fn asked(&self) -> usize {
            self.moody.1.swap(0, Ordering::SeqCst)
        }

        async fn is_answered(&self) -> bool {
            let key =
                Keyed::new(&Secrets::new("thirty-two bytes of a good secret").as_given()).expect("a secret");
            let (key, now) = (key.key("test", &[], &Networks::default()), self.clock.now());
            let answer = self.shared.ask(|counters| async move { counters.take(key, RATE, None, now).await });
            answer.await.is_some()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn after_three_failures_in_a_row_nobody_asks_for_five_seconds() {
        for mood in [Mood::Fails, Mood::IsSilent] {
            let scene = Scene::new(mood);
            for _ in 0..10 {
                assert!(!scene.is_answered().await, "{mood:?}");
            }
            assert_eq!(scene.asked(), 3, "{mood:?}");
            scene.turn(Mood::Answers);
            scene.clock.advance(PAUSE - Duration::from_micros(1));
            assert!(!scene.is_answered().await);
            assert_eq!(scene.asked(), 0);
            scene.clock.advance(Duration::from_micros(1));
            for _ in 0..10 {
                assert!(scene.is_answered().await);
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_between_failures_resets_their_number() {
        let scene = Scene::new(Mood::Answers);
        for _ in 0..3 {
            scene.turn(Mood::Fails);
            assert!(!scene.is_answered().await);
            assert!(!scene.is_answered().await);
            scene.turn(Mood::Answers);
            assert!(scene.is_answered().await);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_request_asks_after_the_pause_and_the_others_do_not_wait_for_it() {
        let scene = Scene::new(Mood::IsSilent);
        for _ in 0..3 {
            scene.is_answered().await;
        }
        assert_eq!(scene.asked(), 3);
        for _ in 0..4 {
            scene.clock.advance(PAUSE);
            let answers = futures_util::future::join_all((0..50).map(|_| scene.is_answered())).await;
            assert!(answers.iter().all(|answer| !answer));
            assert_eq!(scene.asked(), 1);
        }
        // A request that is dropped while it asks does not stop others from asking for good.
        scene.clock.advance(PAUSE);
        assert!(scene.is_answered().now_or_never().is_none());
        scene.turn(Mood::Answers);
        assert!(!scene.is_answered().await);
        scene.clock.advance(PAUSE);
        assert!(scene.is_answered().await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_counter_costs_a_tenth_of_a_second_three_times() {
        let scene = Scene::new(Mood::IsSilent);
        let start = tokio::time::Instant::now();
        for _ in 0..100 {
            scene.is_answered().await;
        }
        assert_eq!(start.elapsed(), 3 * Duration::from_millis(100));
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_set_back_does_not_prolong_the_pause() {
        let scene = Scene::new(Mood::Fails);
        scene.clock.advance(Duration::from_secs(3600));
        for _ in 0..3 {
            scene.is_answered().await;
        }
        let back = Scene { clock: ManualClock::default(), ..scene };
        let shared = Shared { clock: Arc::new(back.clock.clone()), ..back.shared };
        back.moody.0.lock().expect("no panic").clone_from(&Mood::Answers);
        assert!(shared.may_ask());
    }
}
