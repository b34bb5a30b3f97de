//! One connection to one server, shared by many requests and made anew when it is lost.
//!
//! redis' own `ConnectionManager` keeps a connection whose server is silent, and answers the first request after a restart
//! with an error. Nor does it follow Sentinel.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use redis::aio::MultiplexedConnection;
use redis::sentinel::{Sentinel, SentinelNodeConnectionInfo};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ErrorKind, FromRedisValue, IntoConnectionInfo,
    RedisResult, ServerErrorKind, TlsMode,
};
use tokio::time::timeout;

use super::server::RedisOptions;

/// A connection that is there or underway. Whoever needs it waits for the same one.
type Attempt = Shared<BoxFuture<'static, RedisResult<MultiplexedConnection>>>;

/// The way to a server, and the connection to it.
pub(super) struct Link {
    source: Arc<Source>,
    attempt: Mutex<Attempt>,
}

/// Where the server is found whenever a connection is made.
struct Source {
    server: RedisOptions,
    place: Place,
}

enum Place {
    Fixed(Client),
    /// One question at a time: it keeps its connections to the sentinels.
    Watched {
        sentinel: tokio::sync::Mutex<Sentinel>,
        master: String,
        node: SentinelNodeConnectionInfo,
    },
}

impl Link {
    /// To the server at `address`.
    pub(super) fn of_server(server: RedisOptions, address: &str) -> RedisResult<Self> {
        Ok(Self::new(server, Place::Fixed(Client::open(address)?)))
    }

    /// To the master that `sentinels` name. `master` is its name, or an address with that for a host.
    pub(super) fn of_master(server: RedisOptions, sentinels: &[String], master: &str) -> RedisResult<Self> {
        let sentinel = Sentinel::build(sentinels.iter().map(String::as_str).collect())?;
        let (master, node) = match master.contains("://") {
            true => named_master(master)?,
            false => (master.to_owned(), SentinelNodeConnectionInfo::default()),
        };
        Ok(Self::new(server, Place::Watched { sentinel: sentinel.into(), master, node }))
    }

    fn new(server: RedisOptions, place: Place) -> Self {
        let source = Arc::new(Source { server, place });
        let attempt = Mutex::new(source.attempt());
        Self { source, attempt }
    }

    /// Runs a command. One that a lost connection was busy with is run once more, on a new one.
    pub(super) async fn run<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        let mut may_try_again = true;
        loop {
            let attempt = self.current().clone();
            let mut connection = match attempt.clone().await {
                Ok(connection) => connection,
                Err(error) => {
                    self.renew(&attempt);
                    return Err(error);
                }
            };
            match command.query_async(&mut connection).await {
                Err(error) if is_lost(&error) => {
                    self.renew(&attempt);
                    // Who has waited for an answer in vain does not wait again.
                    if error.is_timeout() || !may_try_again {
                        return Err(error);
                    }
                    may_try_again = false;
                }
                answer => return answer,
            }
        }
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Attempt> {
        self.attempt.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the next one who asks connect anew, unless another one has seen to it.
    fn renew(&self, lost: &Attempt) {
        let mut current = self.current();
        if current.ptr_eq(lost) {
            *current = self.source.attempt();
        }
    }
}

impl Source {
    /// A connection that is made as soon as somebody waits for it.
    fn attempt(self: &Arc<Self>) -> Attempt {
        let source = Arc::clone(self);
        async move { source.connect().await }.boxed().shared()
    }

    async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        let RedisOptions { connection_timeout, response_timeout, .. } = self.server;
        let client = match &self.place {
            Place::Fixed(client) => client.clone(),
            Place::Watched { sentinel, master, node } => {
                let mut sentinel = sentinel.lock().await;
                let found = sentinel.async_master_for(master, Some(node));
                // The first sentinel may be away, and then the master that the second one names.
                let found = timeout(connection_timeout * 2, found).await;
                found.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??
            }
        };
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(connection_timeout))
            .set_response_timeout(Some(response_timeout));
        client.get_multiplexed_async_connection_with_config(&config).await
    }
}

/// Whether another connection is worth more than this one: it has ended, its server is silent, or a master no more.
fn is_lost(error: &redis::RedisError) -> bool {
    let is_replica = error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly);
    error.is_io_error() || error.is_unrecoverable_error() || is_replica
}

/// The name that stands for the host in a master's address, and what else that says.
fn named_master(address: &str) -> RedisResult<(String, SentinelNodeConnectionInfo)> {
    let info = address.into_connection_info()?;
    let node = SentinelNodeConnectionInfo::default().set_redis_connection_info(info.redis_settings().clone());
    match info.addr() {
        ConnectionAddr::Tcp(name, _) => Ok((name.clone(), node)),
        ConnectionAddr::TcpTls { host, insecure, .. } => {
            let mode = if *insecure { TlsMode::Insecure } else { TlsMode::Secure };
            Ok((host.clone(), node.set_tls_mode(mode)))
        }
        _ => Err((ErrorKind::InvalidClientConfig, "a master has a name in place of a host").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masters_address_names_it() {
        for (address, database) in [("redis://my_Master.1", 0), ("redis://arthur:guinevere@my_Master.1/2", 2)]
        {
            let (name, node) = named_master(address).expect("a master");
            assert_eq!(name, "my_Master.1");
            let shown = format!("{node:?}");
            assert!(shown.contains(&format!("db: {database}")) && !shown.contains("guinevere"), "{shown}");
        }
        assert!(named_master("redis+unix:///tmp/redis.sock").is_err());
        assert!(named_master("http://mymaster").is_err());
    }
}
