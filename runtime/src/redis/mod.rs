//! Redis: where it is, and a connection to it that renews itself. It knows no users and no tokens.
//!
//! [`RedisServer`] is how an app talks to it, [`RedisConfig`] where it is: one server, one that Sentinel watches over, or
//! a cluster.

mod cluster;
mod config;
mod connection;
mod error;
mod link;
mod server;

pub use self::config::RedisConfig;
pub(crate) use self::connection::KEEPS_ALL;
pub use self::connection::{HasRedis, RedisConnection};
pub use self::error::RedisError;
pub use self::server::RedisServer;
