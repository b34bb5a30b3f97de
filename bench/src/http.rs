//! As much of HTTP as is needed to ask a server on a connection that stays open, at little cost of its own.

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request as it goes over the wire.
#[derive(Clone)]
pub(crate) struct Request(Vec<u8>);

impl Request {
    /// `headers` are whole lines.
    pub(crate) fn new(line: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self(
            format!("{line} HTTP/1.1\r\nhost: bench\r\n{headers}content-length: {length}\r\n\r\n{body}")
                .into_bytes(),
        )
    }

    pub(crate) fn get(path: &str, headers: &str) -> Self {
        Self(format!("GET {path} HTTP/1.1\r\nhost: bench\r\n{headers}\r\n").into_bytes())
    }

    pub(crate) fn json(path: &str, body: &str) -> Self {
        Self::new(&format!("POST {path}"), "content-type: application/json\r\n", body)
    }

    pub(crate) fn form(path: &str, body: &str) -> Self {
        Self::new(&format!("POST {path}"), "content-type: application/x-www-form-urlencoded\r\n", body)
    }

    /// Signs in. The address and the password need no quoting.
    pub(crate) fn sign_in(path: &str, email: &str, password: &str) -> Self {
        Self::form(path, &format!("username={}&password={password}", email.replace('@', "%40")))
    }
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The value of the first header with this name, which is in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| value(line, name))
    }

    /// The same answer, if it is one that was hoped for.
    pub(crate) fn expect(self, statuses: &[u16]) -> anyhow::Result<Self> {
        anyhow::ensure!(statuses.contains(&self.status), "{}: {}", self.status, self.body);
        Ok(self)
    }

    /// A text of the body, which is a JSON object.
    pub(crate) fn text(&self, name: &str) -> anyhow::Result<String> {
        let object: serde_json::Value =
            serde_json::from_str(&self.body).with_context(|| self.body.clone())?;
        Ok(object[name].as_str().with_context(|| self.body.clone())?.to_owned())
    }
}

fn value<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let (found, value) = line.split_once(':')?;
    found.eq_ignore_ascii_case(name).then(|| value.trim())
}

/// A connection to a server.
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    pub(crate) async fn to(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(4096) })
    }

    /// Asks once. The body's length must be in the answer.
    pub(crate) async fn ask(&mut self, request: &Request) -> anyhow::Result<Answer> {
        self.stream.write_all(&request.0).await?;
        self.received.clear();
        let (mut end, mut length) = (None, 0);
        while end.is_none_or(|end| self.received.len() < end + length) {
            anyhow::ensure!(self.stream.read_buf(&mut self.received).await? > 0, "the server has hung up");
            if end.is_none() {
                end = self.received.windows(4).position(|bytes| bytes == b"\r\n\r\n").map(|at| at + 4);
                let head = std::str::from_utf8(&self.received[..end.unwrap_or_default()])?;
                length = match head.lines().find_map(|line| value(line, "content-length")) {
                    Some(length) => length.parse()?,
                    None => 0,
                };
            }
        }
        let (head, body) = self.received.split_at(end.unwrap_or_default());
        let head = String::from_utf8(head.to_vec())?;
        let status = head.split(' ').nth(1).context("a status")?.parse()?;
        Ok(Answer { status, head, body: String::from_utf8(body.to_vec())? })
    }
}
