//! Redis for tests: the one that `TEST_REDIS_URL` names, or servers of a test's own, which end with it.
//!
//! Own servers listen on free ports of the loopback interface and keep their files in temporary folders.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use redis::{Cmd, FromRedisValue, RedisResult};
use tempfile::TempDir;

use crate::store::left_out;

/// How long a test waits for what must come: a minute is a hang and not slowness.
const PATIENCE: Duration = Duration::from_secs(60);

/// A Redis that a test writes to, but neither stops nor empties.
#[derive(Debug)]
pub struct AnyRedis {
    url: String,
    _own: Option<RedisProcess>,
}

impl AnyRedis {
    /// The one that `TEST_REDIS_URL` names, or else one of the test's own. `None`, and loud, where there is neither.
    #[must_use]
    pub fn find() -> Option<Self> {
        if let Some(url) = std::env::var("TEST_REDIS_URL").ok().filter(|url| !url.is_empty()) {
            return Some(Self { url, _own: None });
        }
        let own = RedisProcess::start(&[])?;
        Some(Self { url: own.url(), _own: Some(own) })
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What a command past the app comes to.
    ///
    /// # Panics
    ///
    /// When Redis does not do it.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "a command may be for what it does")]
    pub fn run<T: FromRedisValue>(&self, command: &Cmd) -> T {
        query(&self.url, command).expect("Redis does it")
    }
}

/// A `redis-server` of a test's own. It is killed with it.
#[derive(Debug)]
pub struct RedisProcess {
    arguments: Vec<String>,
    port: u16,
    folder: TempDir,
    process: Option<Child>,
}

impl RedisProcess {
    /// Starts one on a free port. `None`, and loud, where `redis-server` is not installed.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn start(arguments: &[&str]) -> Option<Self> {
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        Self::start_in(tempfile::tempdir().expect("a temporary folder"), arguments)
    }

    /// Starts a sentinel with this configuration, which it goes on to write to.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn start_sentinel(configuration: &str) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("sentinel.conf");
        std::fs::write(&path, configuration).expect("a file");
        Self::start_in(folder, vec![path.display().to_string(), "--sentinel".to_owned()])
    }

    fn start_in(folder: TempDir, arguments: Vec<String>) -> Option<Self> {
        if Command::new("redis-server").arg("--version").stdout(Stdio::null()).status().is_err() {
            left_out("`redis-server` is not on the PATH, and TEST_REDIS_URL");
            return None;
        }
        let mut server = Self { arguments, port: 0, folder, process: None };
        // Somebody else may take the port before it does.
        for _ in 0..8 {
            server.port = free_port();
            if server.launch() {
                return Some(server);
            }
        }
        panic!("redis-server does not start with {:?}", server.arguments)
    }

    /// Starts it again where it was, with what it has written.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start_again(&mut self) {
        assert!(self.launch(), "redis-server does not start again");
    }

    /// Whether it answers, and has not ended.
    fn launch(&mut self) -> bool {
        let mut command = Command::new("redis-server");
        command.args(&self.arguments).args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"]);
        command.arg("--dir").arg(self.folder.path()).args(["--save", "", "--loglevel", "warning"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = self.process.insert(command.spawn().expect("redis-server runs"));
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if process.try_wait().expect("a process").is_some() {
                return false;
            }
            if query::<String>(&url(self.port), &redis::cmd("PING")).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }

    /// Kills it.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It may have ended by itself.
            drop(process.kill());
            drop(process.wait());
        }
    }

    /// Has it answer nothing, with its connections open, or go on.
    ///
    /// # Panics
    ///
    /// When it is not running.
    pub fn suspend(&self, suspended: bool) {
        let process = self.process.as_ref().expect("it runs");
        let signal = if suspended { "-STOP" } else { "-CONT" };
        let status = Command::new("kill").args([signal, &process.id().to_string()]).status();
        assert!(status.expect("kill runs").success());
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.port)
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What a command past the app comes to.
    ///
    /// # Panics
    ///
    /// When Redis does not do it.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "a command may be for what it does")]
    pub fn run<T: FromRedisValue>(&self, command: &Cmd) -> T {
        self.ask(command).expect("Redis does it")
    }

    /// What a command past the app comes to, where it may be refused.
    ///
    /// # Errors
    ///
    /// When Redis does not do it.
    pub fn ask<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        query(&self.url(), command)
    }
}

impl Drop for RedisProcess {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A command of these words.
#[must_use]
pub fn command(words: &[&str]) -> Cmd {
    let (name, arguments) = words.split_first().expect("a command");
    let mut command = redis::cmd(name);
    command.arg(arguments);
    command
}

/// Asks until `is_so`.
///
/// # Panics
///
/// When it does not come to be.
#[track_caller]
pub fn until<F: Future<Output = bool>>(is_so: impl Fn() -> F) -> impl Future<Output = ()> {
    let caller = std::panic::Location::caller();
    async move {
        let deadline = Instant::now() + PATIENCE;
        while !is_so().await {
            assert!(Instant::now() < deadline, "what {caller} waits for does not come to be");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// A port that nobody listens on.
///
/// # Panics
///
/// When there is none.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

fn url(port: u16) -> String {
    format!("redis://127.0.0.1:{port}")
}

fn query<T: FromRedisValue>(url: &str, command: &Cmd) -> RedisResult<T> {
    command.query(&mut redis::Client::open(url)?.get_connection_with_timeout(PATIENCE)?)
}
