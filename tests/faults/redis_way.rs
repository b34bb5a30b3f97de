//! A way to a Redis on which commands go wrong at will.

use axum_users::store::StoreError;
use axum_users_tests::Faults;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A way to a Redis. It ends with the test.
pub(crate) struct RedisWay {
    /// Redis' address by this way.
    pub(crate) url: String,
    task: JoinHandle<()>,
}

/// What a client says first of itself on each connection. It goes through.
const GREETINGS: [&str; 2] = ["CLIENT", "PING"];

impl RedisWay {
    /// A way to the Redis at `url`. A command that goes wrong is the end of its connection.
    pub(crate) async fn to(url: &str, faults: Faults) -> Self {
        let server = url.trim_start_matches("redis://").trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("redis://{}", listener.local_addr().expect("an address"));
        let task = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(&server).await.expect("Redis is there");
                let faults = faults.clone();
                tokio::spawn(async move { go(near, far, &faults).await });
            }
        });
        Self { url, task }
    }
}

impl Drop for RedisWay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Carries one command after the other, each with its answer, until one goes wrong or an end closes.
async fn go(near: TcpStream, far: TcpStream, faults: &Faults) {
    let ((near_read, mut near_write), (far_read, mut far_write)) = (near.into_split(), far.into_split());
    let (mut commands, mut answers) = (BufReader::new(near_read), BufReader::new(far_read));
    while let Some(command) = value(&mut commands).await {
        let name = name_of(&command);
        let carried = carry(&command, &mut far_write, &mut answers);
        let answer = match GREETINGS.contains(&name) {
            true => carried.await,
            false => faults.call(name, carried).await,
        };
        let Ok(answer) = answer else { return };
        if near_write.write_all(&answer).await.is_err() {
            return;
        }
    }
}

async fn carry(
    command: &[u8],
    to: &mut OwnedWriteHalf,
    answers: &mut BufReader<OwnedReadHalf>,
) -> Result<Vec<u8>, StoreError> {
    let gone = || StoreError::Unavailable("Redis has hung up".into());
    to.write_all(command).await.map_err(|_| gone())?;
    value(answers).await.ok_or_else(gone)
}

/// The name of a command: the first of its words.
fn name_of(command: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(command);
    let word = text.split("\r\n").nth(2).unwrap_or_default().to_ascii_uppercase();
    let known = ["CLIENT", "DEL", "EVAL", "MGET", "PING", "PTTL", "SET", "ZRANGE", "ZREM"];
    known.into_iter().find(|name| *name == word).unwrap_or_else(|| panic!("another command: {word}"))
}

/// The next value of Redis' protocol, RESP2, as it is written: a command is one, and an answer, too. `None` at the end.
async fn value(from: &mut (impl AsyncBufRead + Unpin)) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    // Values that are still to come: an array brings as many as it has.
    let mut left = 1;
    while left > 0 {
        left -= 1;
        let start = bytes.len();
        if from.read_until(b'\n', &mut bytes).await.ok()? == 0 {
            return None;
        }
        let line = std::str::from_utf8(&bytes[start..]).expect("text").trim_end();
        let count = || line[1..].parse::<i64>().expect("a number");
        match line.as_bytes()[0] {
            b'*' => left += usize::try_from(count()).unwrap_or(0),
            b'$' => {
                // Nothing is `$-1`, and what is there ends in a line's end.
                let Ok(length) = usize::try_from(count()) else { continue };
                let end = bytes.len() + length + 2;
                let mut rest = vec![0; end - bytes.len()];
                from.read_exact(&mut rest).await.ok()?;
                bytes.extend(rest);
            }
            _ => {}
        }
    }
    Some(bytes)
}
