//! Clients that are known at an account, since they have logged in to it.

use std::fmt::Debug;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{CounterFuture, Key};
use crate::clock::Timestamp;

/// The most clients that are known at one account by their networks. The login of another one makes the account forget
/// the other one that ends first: an account that logs in from many networks costs no more memory than this.
pub const CLIENTS_OF_AN_ACCOUNT: usize = 20;

/// A client at an account, by two digests.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct KnownClient {
    /// The account.
    pub account: Key,
    /// The account together with the client's network.
    pub client: Key,
}

/// Where an app remembers the clients that have logged in to an account, by account and network. Cookie clients carry the
/// same in a cookie instead.
///
/// Where it fails, each node remembers what it has seen itself.
pub trait KnownClients: Debug + Send + Sync + 'static {
    /// Remembers `known` with `mark` for `lifetime`, and replaces an earlier mark. It forgets the clients of the same account
    /// that have another mark. Of more than [`CLIENTS_OF_AN_ACCOUNT`] clients, it forgets those that end earliest, but never
    /// `known` itself.
    ///
    /// The mark is a fingerprint of the user's generation, and with FastAPI Users of the password hash, too. All current clients of an account have the same mark, and another
    /// one belongs to a former password.
    fn remember(
        &self,
        known: KnownClient,
        mark: String,
        lifetime: Duration,
        now: Timestamp,
    ) -> CounterFuture<'_, ()>;

    /// Returns the mark that the client is remembered with at the account.
    fn recall(&self, known: KnownClient, now: Timestamp) -> CounterFuture<'_, Option<String>>;

    /// How long an answer may take. A later one is a failure. By default 100 milliseconds.
    fn patience(&self) -> Duration {
        Duration::from_millis(100)
    }
}

/// Finds out whether the client of a request is known at the account that it tries. It may look the account up, and so it
/// is asked only where the answer matters.
pub(crate) trait Visitor: Sync {
    /// Returns whether the client is known there.
    fn is_known(&self) -> BoxFuture<'_, bool>;
}

/// A client that nobody asks about: what it tries is not at an account.
pub(crate) struct Stranger;

impl Visitor for Stranger {
    fn is_known(&self) -> BoxFuture<'_, bool> {
        Box::pin(async { false })
    }
}
