//! The options of the strategy.

use std::time::Duration;

/// The strategy of random tokens whose records are in Redis. The key of a record is the SHA-256 of its token, under
/// `compat` the token itself.
///
/// `redis: RedisServer` in `auth_app!` is the Redis of the app. A strategy that is added at run time can bring its own
/// connection: [`Redis::on`].
#[derive(Clone, Copy, Debug)]
pub struct Redis {
    /// The lifetime of a token.
    pub lifetime: Duration,
    /// The prefix of all keys, by default `axum-users:`. Apps that share a Redis need different ones.
    pub prefix: &'static str,
    /// The prefix of the keys of tokens under `compat`, by default `fastapi_users_token:`: `key_prefix` of FastAPI Users.
    pub compat_prefix: &'static str,
}

impl Redis {
    const DEFAULT: Self = Self {
        lifetime: Duration::from_secs(3600),
        prefix: "axum-users:",
        compat_prefix: "fastapi_users_token:",
    };
}

impl Default for Redis {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// `Redis` with its defaults, as a value.
#[expect(non_upper_case_globals, reason = "it reads like the struct that it is")]
#[doc(hidden)]
pub const Redis: Redis = Redis::DEFAULT;
