//! Redis: where it is, and a connection to it that renews itself. It knows no users and no tokens.
//!
//! [`RedisOptions`] is how an app talks to it, [`RedisAddress`] where it is: one server, one that Sentinel watches over, or
//! a cluster.

mod cluster;
mod config;
mod connection;
mod error;
mod link;
mod server;

pub use self::config::RedisAddress;
pub(crate) use self::connection::KEEPS_ALL;
pub use self::connection::{HasRedis, RedisConnection};
pub use self::error::RedisError;
pub use self::server::RedisOptions;
