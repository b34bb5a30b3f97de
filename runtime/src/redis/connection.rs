//! A connection that its clones share, wherever Redis is.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use redis::cluster_async::ClusterConnection;
use redis::{Cmd, FromRedisValue};

use super::cluster;
use super::config::Place;
use super::link::Link;
use super::server::RedisServer;

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
    note = "write `redis: RedisServer` in `auth_app!`",
    note = "a strategy that is put in at run time brings its own connection: `Redis.on(connection)`"
)]
pub trait HasRedis {
    /// The connection to it.
    fn redis(&self) -> &RedisConnection;
}

/// Why Redis did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RedisError {
    /// An address can't be read.
    #[error("the address of a Redis can't be used: write `redis://host:port`")]
    Address(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It is away, or says that it can't now: worth another try.
    #[error("Redis is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl RedisError {
    pub(super) fn address(error: redis::RedisError) -> Self {
        Self::Address(error.into())
    }

    pub(super) fn unavailable(error: redis::RedisError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl RedisConnection {
    pub(super) async fn open(server: RedisServer, place: Place) -> Result<Self, RedisError> {
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
