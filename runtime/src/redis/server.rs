//! How an app talks to Redis.

use std::time::Duration;

/// `redis: RedisServer` in `auth_app!`. Where Redis is stands in the app's configuration.
#[derive(Clone, Copy, Debug)]
pub struct RedisServer {
    /// How long a connection may take to be made.
    pub connection_timeout: Duration,
    /// How long an answer may take. The request that waits for it is then a 503.
    pub response_timeout: Duration,
    /// How long an answer of the counters for limits may take; by default 100 milliseconds. After that the process counts
    /// for itself, and no request waits.
    pub counter_timeout: Duration,
}

impl RedisServer {
    const DEFAULT: Self = Self {
        connection_timeout: Duration::from_secs(2),
        response_timeout: Duration::from_secs(2),
        counter_timeout: Duration::from_millis(100),
    };
}

impl Default for RedisServer {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// `RedisServer` with its defaults, as a value.
#[expect(non_upper_case_globals, reason = "it reads like the struct that it is")]
#[doc(hidden)]
pub const RedisServer: RedisServer = RedisServer::DEFAULT;
