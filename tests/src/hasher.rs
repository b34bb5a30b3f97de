//! A hasher that is cheap, counts, and remembers on which threads it ran.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum_users::password::{Argon2, HashError, PasswordHasher, Verdict};
use axum_users::secret::{HashedPassword, Password};

/// Argon2id at a cost that keeps tests quick.
pub const CHEAP: Argon2 = Argon2::new(64, 1, 1);

/// What the hasher has done so far.
#[derive(Debug, Default)]
pub struct Hashing {
    /// Passwords hashed.
    pub hashes: AtomicUsize,
    /// Passwords checked.
    pub checks: AtomicUsize,
    /// The names of the threads it ran on.
    pub threads: Mutex<Vec<String>>,
}

impl Hashing {
    /// How often it ran.
    pub fn runs(&self) -> usize {
        self.hashes.load(Ordering::SeqCst) + self.checks.load(Ordering::SeqCst)
    }

    fn note_thread(&self) {
        let name = std::thread::current().name().unwrap_or("unnamed").to_owned();
        self.threads.lock().expect("no panic while locked").push(name);
    }
}

/// [`CHEAP`], counted.
#[derive(Clone, Debug, Default)]
pub struct CountingHasher(pub Arc<Hashing>);

impl PasswordHasher for CountingHasher {
    fn hash(&self, password: &Password) -> Result<HashedPassword, HashError> {
        self.0.note_thread();
        self.0.hashes.fetch_add(1, Ordering::SeqCst);
        CHEAP.hash(password)
    }

    fn verify(&self, password: &Password, hash: &HashedPassword) -> Result<Verdict, HashError> {
        self.0.note_thread();
        self.0.checks.fetch_add(1, Ordering::SeqCst);
        CHEAP.verify(password, hash)
    }
}
