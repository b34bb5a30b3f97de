//! As much of HTTP as is needed to ask an app on a connection that stays open.

use anyhow::Context;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A connection to the app.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(crate) async fn to(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// The status and the body of the answer.
    pub(crate) async fn ask(
        &mut self,
        line: &str,
        headers: &str,
        body: &str,
    ) -> anyhow::Result<(u16, String)> {
        let length = body.len();
        let request =
            format!("{line} HTTP/1.1\r\nhost: bench\r\n{headers}content-length: {length}\r\n\r\n{body}");
        self.0.get_mut().write_all(request.as_bytes()).await?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            anyhow::ensure!(self.0.read_line(&mut head).await? > 0, "the app has hung up");
        }
        let status = head.split(' ').nth(1).context("a status")?.parse()?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.unwrap_or("0").parse()?];
        self.0.read_exact(&mut body).await?;
        Ok((status, String::from_utf8(body)?))
    }

    /// Posts JSON.
    pub(crate) async fn post(&mut self, path: &str, body: &str) -> anyhow::Result<(u16, String)> {
        self.ask(&format!("POST {path}"), "content-type: application/json\r\n", body).await
    }

    /// Signs in.
    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> anyhow::Result<(u16, String)> {
        let body = format!(r#"{{"username": "{email}", "password": "{password}"}}"#);
        self.post("/auth/jwt/login", &body).await
    }
}
