//! A service of stolen passwords on a socket of its own, as Have I Been Pwned is one: it keeps every byte that comes, and
//! answers what it is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A running service. It ends with the test.
#[derive(Debug)]
pub struct Ranges {
    /// Behind which the digits are put.
    pub address: String,
    inside: Arc<Mutex<Inside>>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Inside {
    /// How often each password was seen, by its digest.
    seen: BTreeMap<String, u64>,
    script: Script,
    requests: Vec<String>,
}

/// What every request is answered with.
#[derive(Clone, Debug, Default)]
pub enum Script {
    /// The digests that begin with the digits, and padding.
    #[default]
    Lists,
    /// This status and body.
    Answers(u16, String),
    /// Another address, where the list is.
    Redirects,
    /// Lines without an end.
    Endless,
    /// Nothing: the connection stays open.
    Hangs,
    /// Nothing: the connection is closed.
    HangsUp,
}

/// The most that is written of what has no end, should nobody hang up.
const ENOUGH: usize = 64 * 1024 * 1024;

impl Ranges {
    /// A service that has seen no password.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}/range/", listener.local_addr().expect("an address"));
        let inside = Arc::<Mutex<Inside>>::default();
        let shared = Arc::clone(&inside);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { address, inside, task }
    }

    /// It has seen `password` so often.
    pub fn has_seen(&self, password: &str, times: u64) {
        lock(&self.inside).seen.insert(sha1(password), times);
    }

    /// What it answers from now on.
    pub fn follow(&self, script: Script) {
        lock(&self.inside).script = script;
    }

    /// All requests since this was asked last, as they came.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.inside).requests)
    }
}

impl Drop for Ranges {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The digest of a password as such a service writes it.
#[must_use]
pub fn sha1(password: &str) -> String {
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect()
}

fn lock(inside: &Mutex<Inside>) -> MutexGuard<'_, Inside> {
    inside.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(mut stream: TcpStream, inside: Arc<Mutex<Inside>>) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let digits = request.split(['/', ' ']).nth(3).unwrap_or_default().to_owned();
    let script = {
        let mut inside = lock(&inside);
        inside.requests.push(request);
        inside.script.clone()
    };
    let answer = match script {
        Script::Lists => answer(200, "", &list(&lock(&inside).seen, &digits)),
        Script::Answers(status, body) => answer(status, "", &body),
        Script::Redirects => answer(307, "location: /range/elsewhere\r\n", ""),
        Script::Endless => return endless(stream).await,
        Script::Hangs => return std::future::pending().await,
        Script::HangsUp => return Ok(()),
    };
    stream.write_all(answer.as_bytes()).await
}

fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} Said\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}")
}

/// What was seen with these digits, between others and what pads.
fn list(seen: &BTreeMap<String, u64>, digits: &str) -> String {
    let found = seen.iter().filter_map(|(digest, times)| Some((digest.strip_prefix(digits)?, *times)));
    let others = (0..20).map(|n| (sha1(&format!("other {n}")), n % 3));
    let others = others.map(|(digest, times)| (digest[5..].to_owned(), times)).collect::<Vec<_>>();
    let (before, after) = others.split_at(10);
    let line = |(digest, times): &(String, u64)| format!("{digest}:{times}\r\n");
    let found = found.map(|(digest, times)| (digest.to_owned(), times)).collect::<Vec<_>>();
    before.iter().chain(&found).chain(after).map(line).collect()
}

async fn endless(mut stream: TcpStream) -> std::io::Result<()> {
    let line = format!("{}:3\r\n", &sha1("other")[5..]);
    stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await?;
    for _ in 0..ENOUGH / line.len() {
        stream.write_all(line.as_bytes()).await?;
    }
    Ok(())
}
