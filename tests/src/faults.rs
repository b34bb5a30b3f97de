//! What goes wrong with a store, at which of its calls. It knows neither users nor databases.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum_users::store::StoreError;
use tokio::sync::watch;

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is refused, and nothing done.
    Fails,
    /// It is done, and its answer lost.
    LosesItsAnswer,
    /// It neither is done nor answers until [`Faults::give_up`], which has it fail.
    Hangs,
    /// It is refused, and so are all that come after it, until nothing is to go wrong any more.
    IsGone,
    /// The process ends before it is done.
    Kills,
    /// The process ends once it is done.
    KillsAfterwards,
}

impl Fault {
    /// Those that a process survives.
    pub const SURVIVED: [Self; 4] = [Self::Fails, Self::LosesItsAnswer, Self::Hangs, Self::IsGone];
    /// Those that none does.
    pub const DEADLY: [Self; 2] = [Self::Kills, Self::KillsAfterwards];
}

/// Counts the calls of a store and of its transactions, and has one of them go wrong. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    plan: Mutex<Plan>,
    /// How many calls hang.
    hanging: watch::Sender<usize>,
    /// How often what hangs has been given up.
    given_up: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Plan {
    calls: Vec<&'static str>,
    strike: Option<(usize, Fault)>,
}

impl Faults {
    /// Has the `n`th call from now on go wrong, counted from nought; and forgets those so far.
    pub fn strike(&self, n: usize, fault: Fault) {
        *self.plan() = Plan { calls: Vec::new(), strike: Some((n, fault)) };
    }

    /// Has nothing go wrong any more, and gives the names of the calls that were made since the last word.
    #[must_use]
    pub fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.plan()).calls
    }

    /// Waits until a call hangs.
    pub async fn hangs(&self) {
        let mut hanging = self.0.hanging.subscribe();
        hanging.wait_for(|count| *count > 0).await.expect("it is not closed");
    }

    /// Has what hangs fail, as when a store is waited for no longer; it has when this returns, or its request is gone.
    pub async fn give_up(&self) {
        self.0.given_up.send_modify(|count| *count += 1);
        let mut hanging = self.0.hanging.subscribe();
        hanging.wait_for(|count| *count == 0).await.expect("it is not closed");
    }

    /// Makes a call, or has it go wrong.
    ///
    /// # Errors
    ///
    /// Those of the call, and those that a test wants.
    pub async fn call<T>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        match self.next(name) {
            None => call.await,
            Some(Fault::Fails | Fault::IsGone) => Err(unavailable("it was not done")),
            Some(Fault::LosesItsAnswer) => {
                drop(call.await?);
                Err(unavailable("it was done"))
            }
            Some(Fault::Hangs) => {
                self.hang().await;
                Err(unavailable("it took too long"))
            }
            Some(Fault::Kills) => std::process::abort(),
            Some(Fault::KillsAfterwards) => {
                drop(call.await);
                std::process::abort()
            }
        }
    }

    fn next(&self, name: &'static str) -> Option<Fault> {
        let mut plan = self.plan();
        plan.calls.push(name);
        let n = plan.calls.len() - 1;
        let (at, fault) = plan.strike?;
        (n == at || n > at && fault == Fault::IsGone).then_some(fault)
    }

    async fn hang(&self) {
        /// One who hangs, until its end, whichever way that comes.
        struct Hanging<'a>(&'a watch::Sender<usize>);

        impl Drop for Hanging<'_> {
            fn drop(&mut self) {
                self.0.send_modify(|count| *count -= 1);
            }
        }

        let mut given_up = self.0.given_up.subscribe();
        self.0.hanging.send_modify(|count| *count += 1);
        let _hanging = Hanging(&self.0.hanging);
        given_up.changed().await.expect("it is not closed");
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unavailable(why: &str) -> StoreError {
    StoreError::Unavailable(format!("a fault of the test's: {why}").into())
}
