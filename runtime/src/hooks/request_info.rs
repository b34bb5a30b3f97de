//! What a hook sees of the request.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};

/// The head of the request that something happened in; empty for what the app's own code does.
#[derive(Clone, Debug, Default)]
pub struct RequestInfo {
    /// The method.
    pub method: Method,
    /// The address that was asked for, as the client wrote it.
    pub uri: Uri,
    /// The headers. They hold the client's credentials: not for logs.
    pub headers: HeaderMap,
    /// The other end of the connection, where the app serves with connect info.
    pub peer: Option<SocketAddr>,
}

impl From<&Parts> for RequestInfo {
    fn from(parts: &Parts) -> Self {
        Self {
            method: parts.method.clone(),
            uri: parts.extensions.get().map_or_else(
                || parts.uri.clone(),
                |original: &axum::extract::OriginalUri| original.0.clone(),
            ),
            headers: parts.headers.clone(),
            peer: parts.extensions.get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| *peer),
        }
    }
}
