//! Counters in Redis, for the nodes of an app that share one.

use std::time::Duration;

use futures_util::FutureExt;
use redis::cmd;

use super::key::text;
use super::{
    CLIENTS_OF_A_BLOCK, CLIENTS_OF_A_SITE, CLIENTS_OF_AN_ACCOUNT, CounterFuture, Counters, CountersError,
    Key, KnownClient, KnownClients, Rate, Tally,
};
use crate::clock::Timestamp;
use crate::redis::RedisConnection;

/// The beginning of each key.
const PREFIX: &str = "axum-users:limit:";

/// The beginning of the keys of known clients: a hash for each account.
const PREFIX_OF_KNOWN: &str = "axum-users:known:";

/// The most counters of one network, the /48 of an IPv6 client or the /24 of an IPv4 one. Its other clients share one of each
/// limit.
const MOST_OF_A_NETWORK: usize = 1_000;

/// The most counters of all networks of one /32.
const MOST_OF_A_BLOCK: usize = 10_000;

/// As many more may be those that the clients of a /48 share; beyond them, the clients of the /32 share one of each limit.
const MORE_OF_A_BLOCK: usize = MOST_OF_A_BLOCK / 10;

/// The generic cell rate algorithm, on one of a network's counters: they are the members of one sorted set, whose scores are
/// the moments at which all of their rate is there again. All figures are microseconds, which are whole numbers to Lua until
/// the year 2255. The answer is how long to wait, or 0, the counter's moment as text, since Redis would cut it, and whether
/// the counter is one that others share.
///
/// The second key, where there is one, is the sorted set of the network's /32. It has the counters of all its networks once
/// more, so that they are bounded, and those that the clients of the /32 share.
///
/// With the operation `admit` nothing is taken: the answer is whether the network may have the counter.
const TAKE_OF_A_NETWORK: &str = "
local now, interval, period, at_least = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local member, most, is_shared = ARGV[5], tonumber(ARGV[7]), 0
local set, block = KEYS[1], KEYS[2]
local in_block = 0
redis.call('ZREMRANGEBYSCORE', set, '-inf', now)
if block then
    redis.call('ZREMRANGEBYSCORE', block, '-inf', now)
    in_block = redis.call('ZCARD', block)
end
local stored = redis.call('ZSCORE', set, member)
local most_of_block = tonumber(ARGV[10])
if not stored and (redis.call('ZCARD', set) >= most or in_block >= most_of_block) then
    member, interval, at_least, is_shared = ARGV[6], tonumber(ARGV[8]), now, 1
    stored = redis.call('ZSCORE', set, member)
    if not stored and in_block >= most_of_block + tonumber(ARGV[11]) then
        set, block, member, interval = block, nil, ARGV[12], tonumber(ARGV[13])
        stored = redis.call('ZSCORE', set, member)
    end
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
    local lifetime = math.ceil((full_at - now) / 1000)
    for _, key in ipairs({set, block}) do
        redis.call('ZADD', key, string.format('%.0f', full_at), member)
        if redis.call('PTTL', key) < lifetime then
            redis.call('PEXPIRE', key, lifetime)
        end
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
    for _, key in ipairs(KEYS) do
        redis.call('ZADD', key, 'XX', string.format('%.0f', math.max(full_at - interval, now)), ARGV[3])
    end
end
return 0";

/// Deletes one of a network's counters.
const CLEAR_OF_A_NETWORK: &str = "
for _, key in ipairs(KEYS) do
    redis.call('ZREM', key, ARGV[1])
end
return 0";

/// Remembers a client of an account: the account's hash has the end and the mark of each client. It deletes those of another
/// mark, those that have ended, and of too many those that end earliest, but never the client itself. The key lives as long
/// as its last client.
const REMEMBER: &str = "
local now, until_, most = tonumber(ARGV[1]), tonumber(ARGV[4]), tonumber(ARGV[5])
local all, others, last = redis.call('HGETALL', KEYS[1]), {}, until_
for i = 1, #all, 2 do
    local ends, mark = string.match(all[i + 1], '^(%d+) (.*)$')
    ends = tonumber(ends or 0)
    if ends <= now or mark ~= ARGV[3] then
        redis.call('HDEL', KEYS[1], all[i])
    elseif all[i] ~= ARGV[2] then
        table.insert(others, {ends, all[i]})
        last = math.max(last, ends)
    end
end
table.sort(others, function(a, b) return a[1] < b[1] end)
for i = 1, #others + 1 - most do
    redis.call('HDEL', KEYS[1], others[i][2])
end
redis.call('HSET', KEYS[1], ARGV[2], string.format('%.0f', until_) .. ' ' .. ARGV[3])
redis.call('PEXPIRE', KEYS[1], math.ceil((last - now) / 1000))
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

    /// Takes one of a counter of the key's network, or of one that its clients or those of its /32 share.
    async fn take_of_network(&self, take: &Take, operation: &str) -> Result<(i64, i64, bool), CountersError> {
        let Take { key, rate, at_least, now } = *take;
        // Known clients have room of their own.
        let room = if key.is_of_known { 2 } else { 1 };
        let interval_of = |clients| micros(rate.times(clients).interval());
        let mut command = on_network(TAKE_OF_A_NETWORK, key);
        command.arg(now.micros());
        command.arg(micros(rate.interval())).arg(micros(rate.period())).arg(at_least.unwrap_or(now).micros());
        command.arg(key.to_string()).arg(text(&key.shared_by_site)).arg(room * MOST_OF_A_NETWORK);
        command.arg(interval_of(CLIENTS_OF_A_SITE)).arg(operation);
        command.arg(room * MOST_OF_A_BLOCK).arg(MORE_OF_A_BLOCK);
        command.arg(text(&key.shared_by_block)).arg(interval_of(CLIENTS_OF_A_BLOCK));
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

/// A script on the sorted set of the key's network, and on that of its /32 if the network is in one. The braces put both keys
/// into the same slot of a cluster.
fn on_network(script: &str, key: Key) -> redis::Cmd {
    let mut command = cmd("EVAL");
    command.arg(script);
    let (site, block) = (text(&key.site), text(&key.block));
    if key.has_wider_block {
        command.arg(2).arg(format!("{PREFIX}{{{block}}}{site}")).arg(format!("{PREFIX}{{{block}}}"));
    } else {
        command.arg(1).arg(format!("{PREFIX}{site}"));
    }
    command
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
    ) -> CounterFuture<'_, Tally> {
        async move { self.taken(&Take { key, rate, at_least, now }).await }.boxed()
    }

    fn give_back(&self, key: Key, rate: Rate, now: Timestamp) -> CounterFuture<'_, ()> {
        let mut command = if key.is_everyones {
            let mut command = cmd("EVAL");
            command.arg(GIVE_BACK).arg(1).arg(name(key));
            command
        } else {
            on_network(GIVE_BACK_OF_A_NETWORK, key)
        };
        command.arg(now.micros()).arg(micros(rate.interval())).arg(key.to_string());
        async move { self.run::<u64>(&command).await.map(drop) }.boxed()
    }

    fn clear(&self, key: Key) -> CounterFuture<'_, ()> {
        let command = if key.is_everyones {
            let mut command = cmd("DEL");
            command.arg(name(key));
            command
        } else {
            let mut command = on_network(CLEAR_OF_A_NETWORK, key);
            command.arg(key.to_string());
            command
        };
        async move { self.run::<u64>(&command).await.map(drop) }.boxed()
    }

    fn patience(&self) -> Duration {
        self.0.counter_timeout()
    }
}

impl KnownClients for RedisCounters {
    fn remember(
        &self,
        known: KnownClient,
        mark: String,
        lifetime: Duration,
        now: Timestamp,
    ) -> CounterFuture<'_, ()> {
        let mut command = cmd("EVAL");
        command.arg(REMEMBER).arg(1).arg(clients_of(known)).arg(now.micros()).arg(known.client.to_string());
        command.arg(mark).arg(now.after(lifetime).micros()).arg(CLIENTS_OF_AN_ACCOUNT);
        async move { self.run::<u64>(&command).await.map(drop) }.boxed()
    }

    fn recall(&self, known: KnownClient, now: Timestamp) -> CounterFuture<'_, Option<String>> {
        let mut command = cmd("HGET");
        command.arg(clients_of(known)).arg(known.client.to_string());
        async move {
            let stored = self.run::<Option<String>>(&command).await?;
            let (until, mark) = stored.as_deref().and_then(|stored| stored.split_once(' ')).unzip();
            let is_known =
                until.and_then(|until| until.parse().ok()).is_some_and(|until| now.micros() < until);
            Ok(mark.filter(|_| is_known).map(str::to_owned))
        }
        .boxed()
    }

    fn patience(&self) -> Duration {
        self.0.counter_timeout()
    }
}

/// The hash of an account's known clients.
fn clients_of(known: KnownClient) -> String {
    format!("{PREFIX_OF_KNOWN}{}", known.account)
}
