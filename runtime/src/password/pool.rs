//! Threads that hash, and a queue before them that ends somewhere.

use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::oneshot;

use super::hasher::{HashError, PasswordHasher, Verdict};
use crate::event::Cause;
use crate::secret::{HashedPassword, Password};

/// How much hashing a process does at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSize {
    /// Threads that hash: as many passwords at once, and no more.
    pub threads: usize,
    /// Passwords that may wait; the next one is turned away.
    pub queue: usize,
}

impl Default for PoolSize {
    fn default() -> Self {
        Self { threads: thread::available_parallelism().map_or(1, NonZeroUsize::get), queue: 128 }
    }
}

/// Threads of its own on which passwords are hashed. Clones share them; they end with the last clone.
///
/// A place in the queue belongs to the hash and not to who asked for it: whoever hangs up frees nothing.
#[derive(Clone)]
pub struct HashingPool {
    jobs: SyncSender<Job>,
}

impl std::fmt::Debug for HashingPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HashingPool").finish_non_exhaustive()
    }
}

type Job = Box<dyn FnOnce(&dyn PasswordHasher) + Send>;

impl HashingPool {
    /// Starts the threads.
    #[must_use]
    pub fn new(hasher: &Arc<dyn PasswordHasher>, size: PoolSize) -> Self {
        let (jobs, queue) = sync_channel(size.queue.max(1));
        let queue = Arc::new(Mutex::new(queue));
        for index in 0..size.threads.max(1) {
            let (hasher, queue) = (Arc::clone(hasher), Arc::clone(&queue));
            let thread = thread::Builder::new().name(format!("password-hash-{index}"));
            if let Err(error) = thread.spawn(move || work(&*hasher, &queue)) {
                tracing::error!(error = ?Cause(&error), "a hashing thread could not be started");
            }
        }
        Self { jobs }
    }

    /// Hashes a password.
    ///
    /// # Errors
    ///
    /// [`HashError::Busy`] when the queue is full, [`HashError::TooLong`] before anything is hashed.
    pub async fn hash(&self, password: &Password) -> Result<HashedPassword, HashError> {
        let password = checked(password)?;
        self.run("hash", move |hasher| hasher.hash(&password)).await
    }

    /// Checks a password against a stored hash.
    ///
    /// # Errors
    ///
    /// [`HashError::Busy`] when the queue is full, [`HashError::TooLong`] before anything is hashed.
    pub async fn verify(&self, password: &Password, hash: &HashedPassword) -> Result<Verdict, HashError> {
        let password = checked(password)?;
        let hash = hash.clone();
        self.run("verify", move |hasher| hasher.verify(&password, &hash)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        operation: &'static str,
        job: impl FnOnce(&dyn PasswordHasher) -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let (answer, result) = oneshot::channel();
        #[cfg(feature = "metrics")]
        let waiting = crate::event::Waiting::for_(operation);
        #[cfg(not(feature = "metrics"))]
        let _ = operation;
        let job: Job = Box::new(move |hasher| {
            // Nobody waits for it any more: its turn came, and goes to the next one.
            if answer.is_closed() {
                return;
            }
            #[cfg(feature = "metrics")]
            let result = waiting.over(|| job(hasher));
            #[cfg(not(feature = "metrics"))]
            let result = job(hasher);
            let _ = answer.send(result);
        });
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => HashError::Busy,
            TrySendError::Disconnected(_) => HashError::Failed("no hashing thread is left".into()),
        })?;
        result.await.unwrap_or_else(|_| Err(HashError::Failed("the hasher panicked".into())))
    }
}

fn checked(password: &Password) -> Result<Password, HashError> {
    if password.is_too_long() { Err(HashError::TooLong) } else { Ok(password.clone()) }
}

fn work(hasher: &dyn PasswordHasher, queue: &Mutex<Receiver<Job>>) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // A hasher that panics fails its one password; the thread lives on.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(hasher)));
    }
}
