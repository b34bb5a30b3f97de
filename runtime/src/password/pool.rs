//! Threads that hash, and a bounded queue before them of which no client gets more than its share.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use ipnet::IpNet;
use tokio::sync::oneshot;

use super::hasher::{HashError, PasswordHasher, Verdict};
use crate::event::Cause;
use crate::secret::{HashedPassword, Password};
use crate::setters::settings;

settings! {
    /// How much hashing a process does at once.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PoolSize {
        /// Threads that hash: as many passwords at once, and no more.
        pub threads: usize = thread::available_parallelism().map_or(1, NonZeroUsize::get),
        /// Passwords that may wait; the next one is turned away. One client has at most a quarter of these places, and always
        /// one.
        pub queue: usize = 128,
    }
}

impl PoolSize {
    /// `threads` that hash, and a queue of `queue` passwords.
    #[must_use]
    pub const fn new(threads: usize, queue: usize) -> Self {
        Self { threads, queue }
    }
}

/// The party on whose behalf a password is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    /// The app's own code, which no share of the queue bounds.
    App,
    /// The client that sent a request: an IPv4 address, or the /48 of an IPv6 address, which one customer of a provider may
    /// have whole. Requests without a client IP count as one client.
    Client(Option<IpNet>),
}

/// Threads of its own on which passwords are hashed. Clones share them; they end with the last clone.
///
/// A place in the queue belongs to the hash and not to who asked for it: whoever hangs up frees nothing.
#[derive(Clone)]
pub(crate) struct HashingPool(Arc<Handle>);

impl std::fmt::Debug for HashingPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HashingPool").finish_non_exhaustive()
    }
}

/// Ends the threads when it is dropped.
struct Handle(Arc<Queue>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.locked().is_closed = true;
        self.0.changed.notify_all();
    }
}

type Job = Box<dyn FnOnce(&dyn PasswordHasher) + Send>;

/// The job queue of the threads.
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    places: usize,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<(Asker, Job)>,
    threads: usize,
    /// Threads that wait for a job. As many jobs at the front of the queue are as good as begun, and have no place in it.
    idle: usize,
    is_closed: bool,
}

/// A hash that has a place in the queue, or is being computed.
pub(crate) struct Pending<T>(oneshot::Receiver<Result<T, HashError>>);

impl<T> Pending<T> {
    /// Waits for it.
    ///
    /// # Errors
    ///
    /// When the hasher fails.
    pub(crate) async fn finished(self) -> Result<T, HashError> {
        self.0.await.unwrap_or_else(|_| Err(HashError::Failed("the hasher panicked".into())))
    }
}

impl HashingPool {
    /// Starts the threads.
    #[must_use]
    pub(crate) fn new(hasher: &Arc<dyn PasswordHasher>, size: PoolSize) -> Self {
        let queue =
            Arc::new(Queue { state: Mutex::default(), changed: Condvar::new(), places: size.queue.max(1) });
        for index in 0..size.threads.max(1) {
            let (hasher, of_thread) = (Arc::clone(hasher), Arc::clone(&queue));
            let thread = thread::Builder::new().name(format!("password-hash-{index}"));
            match thread.spawn(move || of_thread.work(&*hasher)) {
                Ok(_) => queue.locked().threads += 1,
                Err(error) => {
                    tracing::error!(error = ?Cause(&error), "a hashing thread could not be started");
                }
            }
        }
        Self(Arc::new(Handle(queue)))
    }

    /// Hashes a password.
    ///
    /// # Errors
    ///
    /// [`HashError::Busy`] when the queue is full or `asker` has its share of it, [`HashError::TooLong`] before anything is
    /// hashed.
    pub(crate) async fn hash(&self, password: &Password, asker: Asker) -> Result<HashedPassword, HashError> {
        self.begin_hash(password, asker)?.finished().await
    }

    /// Takes a place in the queue for a hash that another task waits for.
    ///
    /// # Errors
    ///
    /// As for [`hash`](Self::hash).
    pub(crate) fn begin_hash(
        &self,
        password: &Password,
        asker: Asker,
    ) -> Result<Pending<HashedPassword>, HashError> {
        let password = checked(password)?;
        self.begin("hash", asker, move |hasher| hasher.hash(&password))
    }

    /// Returns the hasher's [decoy](PasswordHasher::decoy).
    ///
    /// # Errors
    ///
    /// As for [`hash`](Self::hash).
    pub(crate) async fn decoy(&self) -> Result<HashedPassword, HashError> {
        self.begin("hash", Asker::App, |hasher| hasher.decoy())?.finished().await
    }

    /// Checks a password against a stored hash.
    ///
    /// # Errors
    ///
    /// As for [`hash`](Self::hash).
    pub(crate) async fn verify(
        &self,
        password: &Password,
        hash: &HashedPassword,
        asker: Asker,
    ) -> Result<Verdict, HashError> {
        let password = checked(password)?;
        let hash = hash.clone();
        self.begin("verify", asker, move |hasher| hasher.verify(&password, &hash))?.finished().await
    }

    fn begin<T: Send + 'static>(
        &self,
        operation: &'static str,
        asker: Asker,
        job: impl FnOnce(&dyn PasswordHasher) -> Result<T, HashError> + Send + 'static,
    ) -> Result<Pending<T>, HashError> {
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
        self.0.0.push(asker, job)?;
        Ok(Pending(result))
    }
}

impl Queue {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The most places that one client has.
    fn share(&self) -> usize {
        (self.places / 4).max(1)
    }

    fn push(&self, asker: Asker, job: Job) -> Result<(), HashError> {
        let mut state = self.locked();
        if state.threads == 0 {
            return Err(HashError::Failed("no hashing thread is left".into()));
        }
        let waiting = state.jobs.iter().skip(state.idle);
        let has_its_share = match asker {
            Asker::App => false,
            Asker::Client(_) => waiting.clone().filter(|(other, _)| *other == asker).count() >= self.share(),
        };
        let begins_at_once = state.jobs.len() < state.idle;
        if !begins_at_once && (has_its_share || waiting.count() >= self.places) {
            return Err(HashError::Busy);
        }
        state.jobs.push_back((asker, job));
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    fn work(&self, hasher: &dyn PasswordHasher) {
        while let Some(job) = self.next() {
            // A hasher that panics fails its one password; the thread lives on.
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(hasher)));
        }
    }

    fn next(&self) -> Option<Job> {
        let mut state = self.locked();
        state.idle += 1;
        let state = self.changed.wait_while(state, |state| state.jobs.is_empty() && !state.is_closed);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        state.idle -= 1;
        state.jobs.pop_front().map(|(_, job)| job)
    }
}

fn checked(password: &Password) -> Result<Password, HashError> {
    if password.is_too_long() { Err(HashError::TooLong) } else { Ok(password.clone()) }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;
    use crate::password::Argon2;

    /// A hasher that waits for a word before each hash.
    struct Held(Mutex<Receiver<()>>);

    impl PasswordHasher for Held {
        fn hash(&self, password: &Password) -> Result<HashedPassword, HashError> {
            let _ = self.0.lock().expect("no panic while locked").recv();
            Argon2::new(8, 1, 1).hash(password)
        }

        fn verify(&self, _: &Password, _: &HashedPassword) -> Result<Verdict, HashError> {
            Ok(Verdict::Wrong)
        }
    }

    /// A pool whose threads all compute, until they get a word.
    fn busy(size: PoolSize) -> (HashingPool, Sender<()>, Vec<Pending<HashedPassword>>) {
        let (go, held) = channel();
        let pool = HashingPool::new(&(Arc::new(Held(Mutex::new(held))) as Arc<dyn PasswordHasher>), size);
        while pool.0.0.locked().idle < size.threads {
            thread::yield_now();
        }
        let begun = (0..size.threads)
            .map(|_| pool.begin_hash(&"guinevere".into(), Asker::App).expect("an idle thread takes it"))
            .collect();
        while !pool.0.0.locked().jobs.is_empty() {
            thread::yield_now();
        }
        (pool, go, begun)
    }

    fn client(network: &str) -> Asker {
        Asker::Client(Some(network.parse().expect("a network")))
    }

    /// How many of `asker`'s hashes get a place.
    fn places(pool: &HashingPool, asker: Asker) -> (usize, Vec<Pending<HashedPassword>>) {
        let pending =
            (0..100).map_while(|_| pool.begin_hash(&"guinevere".into(), asker).ok()).collect::<Vec<_>>();
        (pending.len(), pending)
    }

    #[test]
    fn one_client_has_a_quarter_of_the_places_and_never_fewer_than_one() {
        for (queue, share) in [(1, 1), (3, 1), (7, 1), (8, 2), (40, 10)] {
            let (pool, _go, _begun) = busy(PoolSize::new(2, queue));
            let first = places(&pool, client("198.51.100.1/32"));
            assert_eq!(first.0, share.min(queue), "{queue} places");
            let second = places(&pool, client("2001:db8::/48"));
            assert_eq!(second.0, share.min(queue - first.0), "{queue} places");
            let nowhere = places(&pool, Asker::Client(None));
            assert_eq!(nowhere.0, share.min(queue - first.0 - second.0), "{queue} places");
            let app = places(&pool, Asker::App);
            assert_eq!(first.0 + second.0 + nowhere.0 + app.0, queue, "the app's own code fills the queue");
        }
    }

    #[tokio::test]
    async fn a_place_is_free_again_when_its_hash_begins() {
        let (pool, go, mut pending) = busy(PoolSize::new(1, 4));
        let asker = client("198.51.100.1/32");
        let (count, first) = places(&pool, asker);
        assert_eq!(count, 1);
        pending.extend(first);
        for _ in 0..3 {
            go.send(()).expect("the pool lives");
            while !pool.0.0.locked().jobs.is_empty() {
                thread::yield_now();
            }
            let (count, next) = places(&pool, asker);
            assert_eq!(count, 1);
            pending.extend(next);
        }
        drop(go);
        for pending in pending {
            pending.finished().await.expect("a hash");
        }
    }

    /// As many as there are idle threads wait for nothing.
    #[tokio::test]
    async fn idle_threads_take_jobs_beyond_a_share() {
        let hasher = Arc::new(Argon2::new(8, 1, 1)) as Arc<dyn PasswordHasher>;
        let pool = HashingPool::new(&hasher, PoolSize::new(8, 1));
        while pool.0.0.locked().idle < 8 {
            thread::yield_now();
        }
        let asker = Asker::Client(None);
        let pending =
            [(); 8].map(|()| pool.begin_hash(&"guinevere".into(), asker).expect("a thread is idle"));
        for pending in pending {
            pending.finished().await.expect("a hash");
        }
    }
}
