//! A request whose body waits until a test sends it.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::Client;

/// A request whose head has been let in and whose body is yet to come.
#[derive(Debug)]
pub struct Held {
    stream: TcpStream,
    body: String,
}

impl Held {
    /// Sends the head of a request with a JSON body, and waits until the server asks for the body
    /// (`Expect: 100-continue`): it has authenticated the head by then.
    ///
    /// # Errors
    ///
    /// The status of an answer that came without the body.
    pub async fn send(client: &Client, method: &str, path: &str, body: &Value) -> Result<Self, u16> {
        let host = client.url().trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).await.expect("the app answers");
        let body = body.to_string();
        let own = client
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}\r\n", value.to_str().expect("text")));
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\
             Expect: 100-continue\r\nConnection: close\r\n\r\n",
            own.collect::<String>(),
            body.len(),
        );
        stream.write_all(head.as_bytes()).await.expect("it is sent");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.expect("a whole head"));
        }
        match status(&answer) {
            100 => Ok(Self { stream, body }),
            status => Err(status),
        }
    }

    /// Sends the body, and gives the status of the answer.
    pub async fn release(mut self) -> u16 {
        self.stream.write_all(self.body.as_bytes()).await.expect("it is sent");
        let mut answer = Vec::new();
        self.stream.read_to_end(&mut answer).await.expect("an answer");
        status(&answer)
    }
}

/// The status of an answer that starts with this.
fn status(answer: &[u8]) -> u16 {
    let line = String::from_utf8_lossy(answer);
    line.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
}
