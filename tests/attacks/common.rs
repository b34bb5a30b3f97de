//! What these attacks share: users, layouts, and requests that no client sends.

use axum_users::prelude::*;
use axum_users::store::Compat;
use axum_users_tests::{Options, Server};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The user who is attacked.
pub(crate) const ARTHUR: &str = "arthur@camelot.bt";
/// The user who attacks.
pub(crate) const MORDRED: &str = "mordred@camelot.bt";
/// A superuser.
pub(crate) const MERLIN: &str = "merlin@camelot.bt";
/// Everybody's password.
pub(crate) const PASSWORD: &str = "guinevere";

pub(crate) const COMPAT_MODES: [Compat; 2] = [Compat::None, FastApiUsers];

/// A server with Arthur.
pub(crate) async fn camelot(compat: Compat, policy: Policy) -> Server {
    let server = Server::with(Options { compat, policy, ..Options::default() }).await;
    server.user(ARTHUR, PASSWORD, |_| {}).await;
    server
}

/// Sends exactly this head and body, and gives all that comes back.
pub(crate) async fn by_hand(server: &Server, head: &str, body: &Value) -> String {
    let address = server.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("the app answers");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let length = body.len();
    let request = format!(
        "{head}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}
