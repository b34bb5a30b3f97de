//! Where Redis is.

/// Where Redis is: one server by its address, or what [`sentinel`](Self::sentinel) or [`cluster`](Self::cluster) make.
///
/// ```
/// use axum_users::redis::RedisAddress;
///
/// let one: RedisAddress = "redis://127.0.0.1:6379".into();
/// let watched = RedisAddress::sentinel(["redis://10.0.0.1:26379", "redis://10.0.0.2:26379"], "mymaster");
/// let cluster = RedisAddress::cluster(["redis://10.0.0.1:6379", "redis://10.0.0.2:6379"]);
/// ```
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "addresses may hold passwords")]
pub struct RedisAddress(pub(super) Place);

/// Each address is read when the app starts.
#[derive(Clone)]
pub(super) enum Place {
    Server(String),
    Sentinel { sentinels: Vec<String>, master: String },
    Cluster(Vec<String>),
}

impl RedisAddress {
    /// The master that these sentinels name. After a failover they name another one, and the app follows.
    ///
    /// `master` is its name, or an address with the name in place of a host where the master asks for a password or has
    /// another database: `redis://user:password@mymaster/2`.
    pub fn sentinel(
        sentinels: impl IntoIterator<Item = impl Into<String>>,
        master: impl Into<String>,
    ) -> Self {
        Self(Place::Sentinel {
            sentinels: sentinels.into_iter().map(Into::into).collect(),
            master: master.into(),
        })
    }

    /// The cluster that these nodes are of; the others are found through them. User and password are the same for all.
    pub fn cluster(nodes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(Place::Cluster(nodes.into_iter().map(Into::into).collect()))
    }
}

/// One server: `redis://user:password@host:port/database`.
impl From<String> for RedisAddress {
    fn from(address: String) -> Self {
        Self(Place::Server(address))
    }
}

/// One server: `redis://user:password@host:port/database`.
impl From<&str> for RedisAddress {
    fn from(address: &str) -> Self {
        Self::from(address.to_owned())
    }
}
