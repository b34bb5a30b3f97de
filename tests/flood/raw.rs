//! A connection on which a test writes what it likes, byte by byte.

use axum_users_tests::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection to an app.
pub(crate) struct Raw(TcpStream);

impl Raw {
    pub(crate) async fn to(server: &Server) -> Self {
        let address = server.url.trim_start_matches("http://");
        Self(TcpStream::connect(address).await.expect("the app listens"))
    }

    /// Writes, if the app still reads.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.write_all(bytes).await
    }

    /// All that the app writes until it closes the connection.
    pub(crate) async fn rest(mut self) -> String {
        let mut answer = Vec::new();
        // It may close so early that what it has written is cut short; what has come tells.
        drop(self.0.read_to_end(&mut answer).await);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The head of the next answer.
    pub(crate) async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let byte = self.0.read_u8().await.expect("an answer");
            head.push(byte);
        }
        String::from_utf8(head).expect("text")
    }
}
