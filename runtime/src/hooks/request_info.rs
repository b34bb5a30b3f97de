//! What a hook sees of the request.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};

use crate::user::Profile;

/// The head of the request that something happened in; empty for what the app's own code does.
#[derive(Clone, Default)]
pub struct RequestInfo {
    /// The method.
    pub method: Method,
    /// The address that was asked for, as the client wrote it.
    pub uri: Uri,
    /// The headers. They hold the client's credentials: not for logs.
    pub headers: HeaderMap,
    /// The other end of the connection, where the app serves with connect info.
    pub peer: Option<SocketAddr>,
    /// How the user came, where that was by way of another service.
    pub oauth: Option<Arc<OAuthOrigin>>,
}

/// Another service by way of which a user came.
#[derive(Clone, Debug)]
pub struct OAuthOrigin {
    /// The service, by its name with the account: `google`.
    pub oauth_name: String,
    /// Who the user is there.
    pub profile: Profile,
}

/// Neither headers nor the query: both may hold tokens.
impl fmt::Debug for RequestInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestInfo")
            .field("method", &self.method)
            .field("path", &self.uri.path())
            .field("peer", &self.peer)
            .finish_non_exhaustive()
    }
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
            oauth: parts.extensions.get().cloned(),
        }
    }
}
