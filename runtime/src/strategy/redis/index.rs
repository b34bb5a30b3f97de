//! Which tokens a user has, so that those that have ended need not wait in Redis until they expire.
//!
//! Nothing hangs on it but memory: that they have ended is known without it.

use std::time::Duration;

use redis::cmd;

use super::options::RedisSession;
use crate::clock::Timestamp;
use crate::redis::{RedisConnection, RedisError};

/// The most tokens of one user that are known by it; a longer list loses its oldest.
const MOST: usize = 1000;

/// Adds a token, and takes out those that have expired. The list itself lives as long as the longest of them.
const ADD: &str = "
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[4]))
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[5]) then
    redis.call('PEXPIRE', KEYS[1], ARGV[5])
end";

/// The tokens of one user, as they are named in storage, in the order in which they expire.
pub(super) struct Index {
    redis: RedisConnection,
    key: String,
}

impl Index {
    pub(super) fn new(
        redis: &RedisConnection,
        strategy: &RedisSession,
        user: impl std::fmt::Display,
    ) -> Self {
        Self { redis: redis.clone(), key: format!("{}user:{user}", strategy.prefix) }
    }

    pub(super) async fn add(
        &self,
        stored: &str,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<(), RedisError> {
        let mut command = cmd("EVAL");
        command.arg(ADD).arg(1).arg(&self.key);
        command.arg(now.seconds()).arg(now.after(lifetime).seconds()).arg(stored);
        self.redis.run(command.arg(MOST).arg(millis(lifetime))).await
    }

    pub(super) async fn all(&self) -> Result<Vec<String>, RedisError> {
        self.redis.run(cmd("ZRANGE").arg(&self.key).arg(0).arg(-1)).await
    }

    pub(super) async fn remove(&self, stored: &[String]) -> Result<(), RedisError> {
        if stored.is_empty() {
            return Ok(());
        }
        self.redis.run(cmd("ZREM").arg(&self.key).arg(stored)).await
    }
}

/// Returns a lifetime in the milliseconds that commands of Redis take.
pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
