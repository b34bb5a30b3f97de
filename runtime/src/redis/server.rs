//! How an app talks to Redis.

use std::time::Duration;

use crate::setters::settings;

settings! {
    /// `redis: RedisOptions` in `auth_app!`. The address of Redis is in the app's configuration.
    #[derive(Clone, Copy, Debug)]
    pub struct RedisOptions {
        /// How long a connection may take to be made.
        pub connection_timeout: Duration = Duration::from_secs(2),
        /// How long an answer may take. The request that waits for it is then a 503.
        pub response_timeout: Duration = Duration::from_secs(2),
        /// How long an answer of the counters for limits may take; by default 100 milliseconds. After that the process counts
        /// for itself, and no request waits.
        pub counter_timeout: Duration = Duration::from_millis(100),
    }
}
