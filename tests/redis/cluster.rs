//! A cluster of three masters, of which one has a replica.

use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users_tests::redis_server::{RedisProcess, command, free_port, until};
use axum_users_tests::{Client, Server};
use serde_json::json;

use crate::common::{ARTHUR, BOTH, COMPAT_MODES, PASSWORD, arthur, is_in, keys_in, with_connection};

/// The first master has a replica.
struct Cluster {
    masters: Vec<RedisProcess>,
    replica: RedisProcess,
}

/// The slots of each master.
const SLOTS: [[&str; 2]; 3] = [["0", "5460"], ["5461", "10922"], ["10923", "16383"]];

fn node() -> Option<RedisProcess> {
    let bus = free_port().to_string();
    RedisProcess::start(&[
        "--cluster-enabled",
        "yes",
        "--cluster-node-timeout",
        "1000",
        "--cluster-port",
        &bus,
    ])
}

/// Where the others find a node.
fn meet(node: &RedisProcess, other: &RedisProcess) {
    let bus: Vec<String> = other.run(&command(&["CONFIG", "GET", "cluster-port"]));
    let port = other.port().to_string();
    node.run::<()>(&command(&["CLUSTER", "MEET", "127.0.0.1", &port, &bus[1]]));
}

fn says(node: &RedisProcess, line: &str) -> bool {
    node.run::<String>(&command(&["CLUSTER", "INFO"])).contains(line)
}

impl Cluster {
    async fn start() -> Option<Self> {
        let (mut masters, replica) = (Vec::new(), node()?);
        for slots in SLOTS {
            let master = node()?;
            master.run::<()>(&command(&["CLUSTER", "ADDSLOTSRANGE", slots[0], slots[1]]));
            masters.push(master);
        }
        let cluster = Self { masters, replica };
        for other in cluster.masters[1..].iter().chain([&cluster.replica]) {
            meet(&cluster.masters[0], other);
        }
        until(|| async { cluster.all().all(|node| says(node, "cluster_known_nodes:4")) }).await;
        let id: String = cluster.masters[0].run(&command(&["CLUSTER", "MYID"]));
        cluster.replica.run::<()>(&command(&["CLUSTER", "REPLICATE", &id]));
        until(|| async {
            let replication: String = cluster.replica.run(&command(&["INFO", "replication"]));
            cluster.all().all(|node| says(node, "cluster_state:ok"))
                && replication.contains("master_link_status:up")
        })
        .await;
        Some(cluster)
    }

    fn all(&self) -> impl Iterator<Item = &RedisProcess> {
        self.masters.iter().chain([&self.replica])
    }

    /// The app is told of two of them, and finds the rest.
    async fn server(&self, compat: Compat) -> Server {
        let config = RedisAddress::cluster(self.masters[1..].iter().map(RedisProcess::url));
        with_connection(compat, RedisOptions::default().connect(config).await.expect("a cluster")).await
    }

    /// How many keys the masters hold.
    fn keys(&self) -> Vec<usize> {
        self.masters.iter().map(|master| master.run(&command(&["DBSIZE"]))).collect()
    }
}

/// As many sessions as have keys on each master.
async fn many(server: &Server) -> Vec<Client> {
    let mut sessions = Vec::new();
    for n in 0..16 {
        sessions.push(arthur(server, BOTH[n % 2]).await);
    }
    sessions
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_lie_on_every_node_and_end_on_every_node() {
    let Some(cluster) = Cluster::start().await else { return };
    for compat in COMPAT_MODES {
        let server = cluster.server(compat).await;
        let sessions = many(&server).await;
        assert!(cluster.keys().iter().all(|keys| *keys > 0), "{:?}", cluster.keys());
        assert_eq!(cluster.keys().iter().sum::<usize>(), 16 * keys_in(compat) + 1);
        for session in &sessions {
            assert!(is_in(session).await, "{compat:?}");
        }
        let (own, others) = sessions.split_first().expect("sessions");
        assert_eq!(own.patch("/users/me", json!({ "password": "lancelot" })).await.status, 200);
        assert!(is_in(own).await, "{compat:?}");
        for session in others {
            assert!(!is_in(session).await, "{compat:?}");
        }
        assert_eq!(cluster.keys().iter().sum::<usize>(), keys_in(compat) + 1, "{compat:?}");
        own.post("/auth/redis/logout").await.is(200, &json!(null));
        assert!(!is_in(own).await, "{compat:?}");
        assert_eq!(cluster.keys(), [0, 0, 0], "{compat:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_takes_over() {
    let Some(mut cluster) = Cluster::start().await else { return };
    let server = cluster.server(Compat::None).await;
    let sessions = many(&server).await;
    let on_first: usize = cluster.masters[0].run(&command(&["DBSIZE"]));
    assert!(on_first > 0, "the node is some tokens'");
    until(|| async { cluster.replica.run::<usize>(&command(&["DBSIZE"])) == on_first }).await;

    cluster.masters[0].stop();
    for session in &sessions {
        let answer = session.get("/authenticated").await;
        assert!([200, 503].contains(&answer.status.as_u16()), "{}", answer.text);
    }
    for session in &sessions {
        until(|| async { session.get("/authenticated").await.status == 200 }).await;
    }
    let new = server.client().signed_in(BOTH[0], ARTHUR, PASSWORD).await;
    assert_eq!(new.patch("/users/me", json!({ "password": "lancelot" })).await.status, 200);
    for session in &sessions {
        assert!(!is_in(session).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_was_away_is_found_again() {
    let Some(mut cluster) = Cluster::start().await else { return };
    let server = cluster.server(Compat::None).await;
    let session = arthur(&server, BOTH[0]).await;
    for node in cluster.masters.iter_mut().chain([&mut cluster.replica]) {
        node.stop();
    }
    let answer = session.get("/authenticated").await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    for node in cluster.masters.iter_mut().chain([&mut cluster.replica]) {
        node.start_again();
    }
    until(|| async { server.client().login(BOTH[0], ARTHUR, PASSWORD).await.status == 200 }).await;
}
