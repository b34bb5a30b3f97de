//! Counters in Redis, for the nodes of an app that share one.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use redis::cmd;

use super::key::text;
use super::{CLIENTS_OF_A_SITE, Counters, CountersError, Key, KnownClients, Rate, Tally};
use crate::clock::Timestamp;
use crate::redis::RedisConnection;

/// The beginning of each key.
const PREFIX: &str = "axum-users:limit:";

/// The beginning of the keys of known clients.
const PREFIX_OF_KNOWN: &str = "axum-users:known:";

/// The most counters of one network. Others share one of each limit.
const MOST_OF_A_NETWORK: usize = 1_000;

/// The generic cell rate algorithm, on one of a network's counters: they are the members of one sorted set, whose scores are
/// the moments at which all of their rate is there again. All figures are microseconds, which are whole numbers to Lua until
/// the year 2255. The answer is how long to wait, or 0, the counter's moment as text, since Redis would cut it, and whether
/// the counter is the one that the network's clients share.
///
/// With the operation `admit` nothing is taken: the answer is whether the network may have the counter.
const TAKE_OF_A_NETWORK: &str = "
local now, interval, period, at_least = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local member, most, is_shared = ARGV[5], tonumber(ARGV[7]), 0
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local stored = redis.call('ZSCORE', KEYS[1], member)
if not stored and redis.call('ZCARD', KEYS[1]) >= most then
    member, interval, at_least, is_shared = ARGV[6], tonumber(ARGV[8]), now, 1
    stored = redis.call('ZSCORE', KEYS[1], member)
end
stored = tonumber(stored or now)
local start = math.max(stored, at_least, now)
local full_at = start + interval
local wait = math.max(full_at - period - now, 0)
if wait > 0 then
    full_at = start
end
local is_admission = ARGV[9] == 'admit'
if is_admission then
    full_at, wait = now + interval, 0
end
if full_at > stored and not (is_admission and is_shared == 1) then
    redis.call('ZADD', KEYS[1], string.format('%.0f', full_at), member)
    local lifetime = math.ceil((full_at - now) / 1000)
    if redis.call('PTTL', KEYS[1]) < lifetime then
        redis.call('PEXPIRE', KEYS[1], lifetime)
    end
end
return {wait, string.format('%.0f', full_at), is_shared}";

/// The same on a counter of all clients, which is a key of its own. It is made only if the last argument is 1, and the
/// answer is -1 where it is missing.
const TAKE: &str = "
local now, interval, period = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local stored = redis.call('GET', KEYS[1])
if not stored and ARGV[5] == '0' then
    return {-1, '0', 0}
end
stored = tonumber(stored or now)
local start = math.max(stored, tonumber(ARGV[4]), now)
local full_at = start + interval
local wait = math.max(full_at - period - now, 0)
if wait > 0 then
    full_at = start
end
if full_at > stored then
    redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000))
end
return {wait, string.format('%.0f', full_at), 0}";

/// Gives one interval back, if there is one to give. The key stays until all of its rate is there again.
const GIVE_BACK: &str = "
local now, interval = tonumber(ARGV[1]), tonumber(ARGV[2])
local full_at = tonumber(redis.call('GET', KEYS[1]) or 0)
if full_at > now then
    full_at = math.max(full_at - interval, now)
    redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.max(math.ceil((full_at - now) / 1000), 1))
end
return 0";

/// The same on one of a network's counters.
const GIVE_BACK_OF_A_NETWORK: &str = "
local now, interval = tonumber(ARGV[1]), tonumber(ARGV[2])
local full_at = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[3]) or 0)
if full_at > now then
    redis.call('ZADD', KEYS[1], string.format('%.0f', math.max(full_at - interval, now)), ARGV[3])
end
return 0";

/// Counters and known clients in Redis. An app with `redis:` in its `auth_app!` counts there by itself.
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

    /// Takes one of a counter of the key's network, or of the one that the network's clients share.
    async fn take_of_network(&self, take: &Take, operation: &str) -> Result<(i64, i64, bool), CountersError> {
        let Take { key, rate, at_least, now } = *take;
        // Known clients have room of their own.
        let most = if key.is_of_known { 2 * MOST_OF_A_NETWORK } else { MOST_OF_A_NETWORK };
        let shared_rate = rate.times(CLIENTS_OF_A_SITE);
        let mut command = cmd("EVAL");
        command.arg(TAKE_OF_A_NETWORK).arg(1).arg(network(key)).arg(now.micros());
        command.arg(micros(rate.interval())).arg(micros(rate.period())).arg(at_least.unwrap_or(now).micros());
        command.arg(key.to_string()).arg(text(&key.shared_by_site)).arg(most);
        command.arg(micros(shared_rate.interval())).arg(operation);
        self.run(&command).await
    }

    /// Takes one of a counter of all clients; `None` where it is missing and not made.
    async fn take_of_everyone(&self, take: &Take, makes: bool) -> Result<Option<Tally>, CountersError> {
        let Take { key, rate, at_least, now } = *take;
        let mut command = cmd("EVAL");
        command.arg(TAKE).arg(1).arg(name(key)).arg(now.micros());
        command.arg(micros(rate.interval())).arg(micros(rate.period())).arg(at_least.unwrap_or(now).micros());
        command.arg(u8::from(makes));
        let (wait, full_at, is_shared) = self.run::<(i64, i64, bool)>(&command).await?;
        Ok((wait >= 0).then(|| tally(wait, full_at, is_shared)))
    }

    async fn taken(&self, take: &Take) -> Result<Tally, CountersError> {
        if !take.key.is_everyones {
            let (wait, full_at, is_shared) = self.take_of_network(take, "take").await?;
            return Ok(tally(wait, full_at, is_shared));
        }
        if let Some(tally) = self.take_of_everyone(take, take.key.is_of_known).await? {
            return Ok(tally);
        }
        // The network that makes a counter of all clients has it counted among its own.
        let (.., is_full) = self.take_of_network(take, "admit").await?;
        if !is_full && let Some(tally) = self.take_of_everyone(take, true).await? {
            return Ok(tally);
        }
        let (wait, full_at, is_shared) = self.take_of_network(take, "take").await?;
        Ok(tally(wait, full_at, is_shared))
    }
}

/// The parameters of one operation on a counter.
#[derive(Clone, Copy)]
struct Take {
    key: Key,
    rate: Rate,
    at_least: Option<Timestamp>,
    now: Timestamp,
}

fn tally(wait: i64, full_at: i64, is_shared: bool) -> Tally {
    match (u64::try_from(wait).unwrap_or_default(), is_shared) {
        (0, false) => Tally::Taken { full_at: Some(Timestamp::from_micros(full_at)) },
        (0, true) => Tally::Taken { full_at: None },
        (wait, false) => Tally::Empty(Duration::from_micros(wait)),
        (wait, true) => Tally::Crowded(Duration::from_micros(wait)),
    }
}

fn name(key: Key) -> String {
    format!("{PREFIX}{key}")
}

/// The sorted set of a network's counters.
fn network(key: Key) -> String {
    format!("{PREFIX}{}", text(&key.site))
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
        async move { self.taken(&Take { key, rate, at_least, now }).await }.boxed()
    }

    fn give_back(&self, key: Key, rate: Rate, now: Timestamp) -> BoxFuture<'_, Result<(), CountersError>> {
        let mut command = cmd("EVAL");
        let (script, set) = match key.is_everyones {
            true => (GIVE_BACK, name(key)),
            false => (GIVE_BACK_OF_A_NETWORK, network(key)),
        };
        command
            .arg(script)
            .arg(1)
            .arg(set)
            .arg(now.micros())
            .arg(micros(rate.interval()))
            .arg(key.to_string());
        async move { self.run::<u64>(&command).await.map(drop) }.boxed()
    }

    fn clear(&self, key: Key) -> BoxFuture<'_, Result<(), CountersError>> {
        let mut command = cmd(if key.is_everyones { "DEL" } else { "ZREM" });
        if key.is_everyones {
            command.arg(name(key));
        } else {
            command.arg(network(key)).arg(key.to_string());
        }
        async move { self.run(&command).await }.boxed()
    }

    fn patience(&self) -> Duration {
        self.0.counter_timeout()
    }
}

impl KnownClients for RedisCounters {
    fn remember(
        &self,
        client: Key,
        mark: String,
        lifetime: Duration,
        _: Timestamp,
    ) -> BoxFuture<'_, Result<(), CountersError>> {
        let mut command = cmd("SET");
        command.arg(known(client)).arg(mark).arg("PX");
        command.arg(u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX));
        async move { self.run(&command).await }.boxed()
    }

    fn recall(&self, client: Key, _: Timestamp) -> BoxFuture<'_, Result<Option<String>, CountersError>> {
        async move { self.run(cmd("GET").arg(known(client))).await }.boxed()
    }

    fn patience(&self) -> Duration {
        self.0.counter_timeout()
    }
}

fn known(client: Key) -> String {
    format!("{PREFIX_OF_KNOWN}{client}")
}
