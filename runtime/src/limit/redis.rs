//! Counters in Redis, for the nodes of an app that share one.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use redis::cmd;

use super::{Counters, CountersError, Key, Rate, Tally};
use crate::clock::Timestamp;
use crate::redis::RedisConnection;

/// What each key begins with.
const PREFIX: &str = "axum-users:limit:";

/// The generic cell rate algorithm. A key holds the moment at which all of its rate is there again, and is gone by then. All
/// figures are milliseconds: Lua has only fractions, and writes no more than 14 digits of them.
const TAKE: &str = "
local now, interval, period = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + interval
local wait = full_at - period - now
if wait > 0 then
    return math.ceil(wait)
end
redis.call('SET', KEYS[1], string.format('%.3f', full_at), 'PX', math.ceil(full_at - now))
return 0";

/// Counters in Redis. An app with `redis:` in its `auth_app!` counts there by itself.
#[derive(Clone, Debug)]
pub struct RedisCounters(RedisConnection);

impl RedisCounters {
    /// In the Redis that `connection` leads to.
    #[must_use]
    pub fn new(connection: RedisConnection) -> Self {
        Self(connection)
    }

    async fn run<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> Result<T, CountersError> {
        self.0.run(command).await.map_err(CountersError::new)
    }
}

fn name(key: Key) -> String {
    format!("{PREFIX}{key}")
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

impl Counters for RedisCounters {
    fn take(&self, key: Key, rate: Rate, now: Timestamp) -> BoxFuture<'_, Result<Tally, CountersError>> {
        let mut command = cmd("EVAL");
        command.arg(TAKE).arg(1).arg(name(key)).arg(now.micros() / 1000);
        command.arg(millis(rate.interval())).arg(millis(rate.period()));
        async move {
            let wait = self.run::<u64>(&command).await?;
            Ok(if wait == 0 { Tally::Taken } else { Tally::Empty(Duration::from_millis(wait)) })
        }
        .boxed()
    }

    fn clear(&self, key: Key) -> BoxFuture<'_, Result<(), CountersError>> {
        async move { self.run(cmd("DEL").arg(name(key))).await }.boxed()
    }

    fn remember(
        &self,
        key: Key,
        lifetime: Duration,
        _: Timestamp,
    ) -> BoxFuture<'_, Result<(), CountersError>> {
        let mut command = cmd("SET");
        command.arg(name(key)).arg(1).arg("PX").arg(u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX));
        async move { self.run(&command).await }.boxed()
    }

    fn remembers(&self, key: Key, _: Timestamp) -> BoxFuture<'_, Result<bool, CountersError>> {
        async move { self.run(cmd("EXISTS").arg(name(key))).await }.boxed()
    }
}
