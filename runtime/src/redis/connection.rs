//! A connection that its clones share, wherever Redis is.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use redis::cluster_async::ClusterConnection;
use redis::{Cmd, FromRedisValue};

use super::cluster;
use super::config::{Place, RedisAddress};
use super::error::RedisError;
use super::link::Link;
use super::server::RedisOptions;

/// A connection to Redis. It renews itself when it is lost, and clones share it.
#[derive(Clone)]
pub struct RedisConnection {
    kind: Kind,
    counter_timeout: Duration,
}

#[derive(Clone)]
enum Kind {
    /// One server at a time, the master where Sentinel watches.
    Server(Arc<Link>),
    Cluster(ClusterConnection),
}

/// The policy of a Redis that evicts nothing.
pub(crate) const KEEPS_ALL: &str = "noeviction";

/// Where an app's Redis is found. The store of an app with `redis:` in its `auth_app!` has one.
#[diagnostic::on_unimplemented(
    message = "this app has no Redis",
    label = "it needs a Redis",
    note = "write `redis: RedisOptions` in `auth_app!`",
    note = "a strategy that is put in at run time brings its own connection: `RedisSession::default().with_connection(connection)`"
)]
pub trait HasRedis {
    /// The connection to it.
    fn redis(&self) -> &RedisConnection;
}

impl RedisOptions {
    /// Connects, for a strategy that is added to an app at run time. With `redis:` in `auth_app!`, the app connects when it
    /// starts.
    ///
    /// # Errors
    ///
    /// If a URL can't be parsed, or Redis is unreachable.
    pub async fn connect(self, config: impl Into<RedisAddress>) -> Result<RedisConnection, RedisError> {
        RedisConnection::open(self, config.into().0).await
    }
}

impl RedisConnection {
    async fn open(server: RedisOptions, place: Place) -> Result<Self, RedisError> {
        let counter_timeout = server.counter_timeout;
        let link = match &place {
            Place::Server(address) => Link::of_server(server, address),
            Place::Sentinel { sentinels, master } => Link::of_master(server, sentinels, master),
            Place::Cluster(nodes) => {
                let kind = Kind::Cluster(cluster::connect(server, nodes).await?);
                return Ok(Self { kind, counter_timeout });
            }
        };
        let kind = Kind::Server(Arc::new(link.map_err(RedisError::address)?));
        let connection = Self { kind, counter_timeout };
        connection.run::<()>(&redis::cmd("PING")).await?;
        Ok(connection)
    }

    /// Runs a command, which may be run twice where the connection is lost underway. Keys may lie anywhere in a cluster,
    /// for commands that can be divided: `MGET` and `DEL`.
    pub(crate) async fn run<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        let answer = match &self.kind {
            Kind::Server(link) => link.run(command).await,
            Kind::Cluster(cluster) => command.query_async(&mut cluster.clone()).await,
        };
        answer.map_err(RedisError::unavailable)
    }
}

impl RedisConnection {
    /// By which rule Redis evicts keys when its memory is full, such as `noeviction`; `None` where it does not say.
    ///
    /// # Errors
    ///
    /// When Redis does not answer, or an access list forbids `INFO`.
    pub(crate) async fn eviction_policy(&self) -> Result<Option<String>, RedisError> {
        let info = self.run::<redis::Value>(redis::cmd("INFO").arg("memory")).await?;
        Ok(policy_in(&info))
    }

    /// How long an answer of the counters for limits may take.
    pub(crate) const fn counter_timeout(&self) -> Duration {
        self.counter_timeout
    }
}

/// The first rule that one of a cluster's nodes names, or the server; one that evicts before one that does not.
fn policy_in(info: &redis::Value) -> Option<String> {
    let texts = match info {
        redis::Value::Map(nodes) => nodes.iter().filter_map(|(_, info)| policy_in(info)).collect::<Vec<_>>(),
        redis::Value::Array(nodes) => nodes.iter().filter_map(policy_in).collect(),
        info => {
            let text = String::from_redis_value_ref(info).ok()?;
            let policies = text.lines().filter_map(|line| line.strip_prefix("maxmemory_policy:"));
            policies.map(|policy| policy.trim().to_owned()).collect()
        }
    };
    texts.iter().find(|policy| *policy != KEEPS_ALL).or(texts.first()).cloned()
}

impl fmt::Debug for RedisConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisConnection").finish_non_exhaustive()
    }
}
