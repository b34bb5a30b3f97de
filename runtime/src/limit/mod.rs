//! How often a thing may be tried, by one client and at one account. It knows no users, no routes and no passwords.
//!
//! [`Limits`] are the figures, [`Counters`] count, and the limiter asks them in the right order.

mod counters;
mod key;
mod known;
mod limiter;
mod limits;
mod memory;
mod network;
mod rate;
#[cfg(feature = "redis")]
mod redis;
mod shared;

pub use self::counters::{CounterFuture, Counters, CountersError, Tally};
pub use self::key::Key;
pub use self::known::{CLIENTS_OF_AN_ACCOUNT, KnownClient, KnownClients};
pub(crate) use self::known::{Stranger, Visitor};
pub(crate) use self::limiter::{Exceeded, Guess, KNOWN_FOR, Limiter, SharedCounters, Taken, Tried};
pub use self::limits::{LimitStorage, Limits};
pub use self::rate::Rate;
#[cfg(feature = "redis")]
pub use self::redis::RedisCounters;

/// How many clients' rates a site has: the /48 of an IPv6 client, or the counter that the clients of a crowded /48 or /24
/// share.
const CLIENTS_OF_A_SITE: u32 = 10;

/// How many clients' rates a block has: the counter that the clients of a crowded /32 share.
const CLIENTS_OF_A_BLOCK: u32 = 100;
