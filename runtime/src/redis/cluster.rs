//! A cluster: the client knows its nodes, follows their slots and connects to each anew where it must.

use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;

use super::error::RedisError;
use super::server::RedisOptions;

/// How often a command is tried: a node that has just become master is found at the second or third time.
const RETRIES: u32 = 4;

pub(super) async fn connect(server: RedisOptions, nodes: &[String]) -> Result<ClusterConnection, RedisError> {
    let client = ClusterClient::builder(nodes.iter().map(String::as_str))
        .connection_timeout(server.connection_timeout)
        .response_timeout(server.response_timeout)
        // Else one answer that is late would leave no time for another try.
        .overall_response_timeout(Some(server.response_timeout * 2))
        .retries(RETRIES)
        .build()
        .map_err(RedisError::address)?;
    client.get_async_connection().await.map_err(RedisError::unavailable)
}
