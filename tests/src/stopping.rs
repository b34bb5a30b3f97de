//! A server that gets a signal to stop while it answers a request.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::ExitStatus;
use std::time::Duration;

use crate::process::Process;

/// Sends `signal` while a request is on its way, and its body after that. Returns the answer, and how the server ended.
///
/// `server` is at `authority`, and takes `body` at `path`.
///
/// # Panics
///
/// When the server can't be reached, or runs on.
pub async fn stop_in_the_middle(
    server: &mut Process,
    signal: &str,
    (path, content_type, body): (&str, &str, &str),
) -> (String, ExitStatus) {
    let authority = server.client.url().strip_prefix("http://").expect("a URL").to_owned();
    let mut connection = TcpStream::connect(&authority).expect("it listens");
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {authority}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let (first, rest) = body.split_at(1);
    connection.write_all((head + first).as_bytes()).expect("a connection");
    // A later request that is answered shows that the first one has arrived.
    assert_eq!(server.client.get("/no-such-page").await.status, 404);
    server.signal(signal);
    // New connections are refused from the moment that the signal has arrived.
    while TcpStream::connect(&authority).is_ok() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    connection.write_all(rest.as_bytes()).expect("the connection is still there");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("an answer");
    (answer, server.end().await)
}
