//! The options of the strategy.

use std::time::Duration;

use crate::setters::settings;

settings! {
    /// The strategy of random tokens whose records are in Redis. The key of a record is the SHA-256 of its token, under
    /// `compat` the token itself.
    ///
    /// `redis: RedisOptions` in `auth_app!` is the Redis of the app. A strategy that is added at run time can bring its own
    /// connection: [`RedisSession::with_connection`].
    #[derive(Clone, Copy, Debug)]
    pub struct RedisSession {
        /// The lifetime of a token.
        pub lifetime: Duration = Duration::from_secs(3600),
        /// The prefix of all keys, by default `axum-users:`. Apps that share a Redis need different ones.
        pub prefix: &'static str = "axum-users:",
        /// The prefix of the keys of tokens under `compat`, by default `fastapi_users_token:`: `key_prefix` of FastAPI Users.
        pub compat_prefix: &'static str = "fastapi_users_token:",
    }
}
