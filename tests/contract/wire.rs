//! Requests that no client library would send.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Sends `request` as it is, and gives the answer as it came, up to the end of its body.
pub(crate) async fn send(url: &str, request: &str) -> String {
    let address = url.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("the server listens");
    let mut answer = String::new();
    while !is_whole(&answer) {
        let mut bytes = [0; 1024];
        let length = stream.read(&mut bytes).await.expect("an answer");
        assert_ne!(length, 0, "the answer ended early: {answer}");
        answer.push_str(std::str::from_utf8(&bytes[..length]).expect("text"));
    }
    answer
}

/// Whether all of an answer is there, going by its `Content-Length`.
fn is_whole(answer: &str) -> bool {
    let Some((head, body)) = answer.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.and_then(|length| length.parse().ok()).expect("a length")
}
