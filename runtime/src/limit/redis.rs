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

/// The generic cell rate algorithm. A key holds the moment at which all of its rate is there again, and expires by then. All
/// figures are microseconds, which are whole numbers to Lua until the year 2255. The answer is how long to wait, or 0, and
/// the key's moment as text: Redis would cut it.
const TAKE: &str = "
local now, interval, period = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local stored = tonumber(redis.call('GET', KEYS[1]) or now)
local start = math.max(stored, tonumber(ARGV[4]), now)
local full_at = start + interval
local wait = math.max(full_at - period - now, 0)
if wait > 0 then
    full_at = start
end
if full_at > stored then
    redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000))
end
return {wait, string.format('%.0f', full_at)}";

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

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

impl Counters for RedisCounters {
    fn take(
        &self,
        key: Key,
        rate: Rate,
        at_least: Option<Timestamp>,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<Tally, CountersError>> {
        let mut command = cmd("EVAL");
        command.arg(TAKE).arg(1).arg(name(key)).arg(now.micros());
        command.arg(micros(rate.interval())).arg(micros(rate.period())).arg(at_least.unwrap_or(now).micros());
        async move {
            let (wait, full_at) = self.run::<(u64, i64)>(&command).await?;
            Ok(match wait {
                0 => Tally::Taken { full_at: Some(Timestamp::from_micros(full_at)) },
                wait => Tally::Empty(Duration::from_micros(wait)),
            })
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

    fn patience(&self) -> Duration {
        self.0.counter_timeout()
    }
}
