//! A hasher that keeps whoever comes until it is opened, and counts who is inside.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use axum_users::password::{Argon2, HashError, PasswordHasher, Verdict};
use axum_users::secret::{HashedPassword, Password};
use tokio::sync::watch;

use crate::hasher::CHEAP;

/// What has gone through a gate so far.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// How many are inside.
    pub inside: usize,
    /// How many have been inside at once, at most.
    pub most: usize,
    /// The names of the threads that came.
    pub threads: Vec<String>,
}

/// A hasher that keeps whoever comes until it is opened. Clones share it.
#[derive(Clone, Debug)]
pub struct HashingGate {
    shared: Arc<Shared>,
    hasher: Argon2,
}

#[derive(Debug)]
struct Shared {
    is_open: Mutex<bool>,
    opened: Condvar,
    traffic: watch::Sender<Traffic>,
}

impl HashingGate {
    /// One that is open, before a hasher that keeps tests quick.
    #[must_use]
    pub fn open() -> Self {
        Self::before(CHEAP)
    }

    /// One that is open, before `hasher`.
    #[must_use]
    pub fn before(hasher: Argon2) -> Self {
        let shared = Shared {
            is_open: Mutex::new(true),
            opened: Condvar::new(),
            traffic: watch::Sender::new(Traffic::default()),
        };
        Self { shared: Arc::new(shared), hasher }
    }

    /// Opens or closes it.
    pub fn set(&self, open: bool) {
        *self.shared.is_open.lock().expect("no panic while locked") = open;
        self.shared.opened.notify_all();
    }

    /// What has gone through it so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.shared.traffic.borrow().clone()
    }

    /// Waits until `count` are inside at once: a minute is a hang and not slowness.
    pub async fn holds(&self, count: usize) {
        let mut traffic = self.shared.traffic.subscribe();
        let holds = traffic.wait_for(|traffic| traffic.inside == count);
        let holds = tokio::time::timeout(Duration::from_secs(60), holds).await;
        drop(holds.expect("it does not hang").expect("the gate stands"));
    }

    fn pass<T>(&self, hash: impl FnOnce() -> T) -> T {
        let Shared { is_open, opened, traffic } = &*self.shared;
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        traffic.send_modify(|traffic| {
            traffic.inside += 1;
            traffic.most = traffic.most.max(traffic.inside);
            traffic.threads.push(thread);
        });
        let guard = is_open.lock().expect("no panic while locked");
        drop(opened.wait_while(guard, |is_open| !*is_open).expect("no panic while locked"));
        let result = hash();
        traffic.send_modify(|traffic| traffic.inside -= 1);
        result
    }
}

impl PasswordHasher for HashingGate {
    fn hash(&self, password: &Password) -> Result<HashedPassword, HashError> {
        self.pass(|| self.hasher.hash(password))
    }

    fn verify(&self, password: &Password, hash: &HashedPassword) -> Result<Verdict, HashError> {
        self.pass(|| self.hasher.verify(password, hash))
    }
}
