//! Everything that is logged in this process, by this crate or one beneath it, at every level; and the proof that no secret
//! is among it. The test runner gives each test a process of its own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use aho_corasick::AhoCorasick;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::known::{HASHES, secrets};
use crate::store::left_out;

/// What logs secrets by itself, which no app should let it: the README says so. Everything else is held to log none.
///
/// tokio-postgres writes down the parameters of each statement at `DEBUG`, byte by byte: hashes of passwords are among
/// them, and tokens under `compat`. It writes down whole batches, too: the tests' own have hashes in them. Cookies are
/// written down by what only the tests' client keeps them in.
const TELLTALES: [&str; 3] = ["tokio_postgres::query", "tokio_postgres::simple_query", "cookie_store"];

/// A test that logs more than this, under load for half a minute, has it looked at and let go.
const MAX_BYTES: usize = 64 << 20;

/// As much of a secret is looked for, in bytes: it tells whose it is, and long ones cost more time than they are worth.
const START: usize = 64;

static TRACED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

static IS_JSON: AtomicBool = AtomicBool::new(false);

fn lock() -> MutexGuard<'static, Vec<u8>> {
    TRACED.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Trace;

impl std::io::Write for Trace {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Has each line be an object in JSON. Of several tests in one process, the first decides.
pub fn trace_as_json() {
    IS_JSON.store(true, Ordering::SeqCst);
}

/// Whether this test has its process to itself, as nextest gives it: what the process keeps, or takes, is the test's own
/// then. Where it has not, that is said aloud.
#[must_use]
pub fn has_own_process() -> bool {
    let has = is_alone();
    if !has {
        left_out(RUNNER);
    }
    has
}

/// Set by nextest.
const RUNNER: &str = "NEXTEST_EXECUTION_MODE";

pub(crate) fn is_alone() -> bool {
    std::env::var_os(RUNNER).is_some_and(|mode| mode == "process-per-test")
}

/// Keeps all that is logged from now on, by way of `tracing` or of `log`.
///
/// # Panics
///
/// Where something else keeps it.
pub fn trace_everything() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let quiet = TELLTALES.map(|target| (target, LevelFilter::OFF));
        let targets = Targets::new().with_default(LevelFilter::TRACE).with_targets(quiet);
        let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(|| Trace);
        let lines = if IS_JSON.load(Ordering::SeqCst) { lines.json().boxed() } else { lines.boxed() };
        let subscriber = tracing_subscriber::registry().with(targets).with(lines);
        // `TEST_LOG` shows it in place of keeping it.
        if std::env::var_os("TEST_LOG").is_none() {
            subscriber.try_init().expect("the only one in this process");
        }
    });
}

/// The same for each server, where what is kept is of one test.
pub(crate) fn trace_server() {
    if is_alone() {
        trace_everything();
    }
}

/// What has been logged so far.
#[must_use]
pub fn traced() -> String {
    String::from_utf8_lossy(&lock()).into_owned()
}

/// The events of users that have been logged so far, each without its time and level.
#[must_use]
pub fn told() -> Vec<String> {
    let lines = traced();
    lines.lines().filter_map(|line| Some(line.split_once(" axum_users: ")?.1.to_owned())).collect()
}

/// Fails where one of `secrets` has been logged.
#[track_caller]
pub fn untraced<'s>(secrets: impl IntoIterator<Item = &'s str>) {
    let secrets = secrets.into_iter().map(str::to_owned).collect::<Vec<_>>();
    for secret in &secrets {
        assert!(secret.len() >= 8, "`{secret}` may stand anywhere");
    }
    let traced = lock();
    let Some(line) = line_with(&secrets, &traced) else { return };
    drop(traced);
    panic!("logged: {line}");
}

/// Fails where anything has been logged that the harness knows to be secret, or a hash of a password.
#[track_caller]
pub(crate) fn no_secret_traced() {
    if !is_alone() {
        return;
    }
    let mut traced = lock();
    let secrets = HASHES.map(str::to_owned).into_iter().chain(secrets()).collect::<Vec<_>>();
    let line = line_with(&secrets, &traced);
    if traced.len() > MAX_BYTES {
        traced.clear();
    }
    drop(traced);
    if let Some(line) = line {
        panic!("a secret was logged: {line}");
    }
}

/// The first line with one of `secrets`, as text or as the list of its bytes that `{:?}` makes of them.
fn line_with(secrets: &[String], traced: &[u8]) -> Option<String> {
    let starts = secrets.iter().map(|secret| &secret.as_bytes()[..secret.len().min(START)]);
    let lists = starts.clone().map(|start| format!("{start:?}").trim_matches(['[', ']']).to_owned());
    let patterns = starts.map(<[u8]>::to_vec).chain(lists.map(String::into_bytes));
    let patterns = AhoCorasick::new(patterns).expect("a few thousand patterns");
    let found = patterns.find(traced)?;
    let start = traced[..found.start()].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    Some(String::from_utf8_lossy(&traced[start..found.end()]).into_owned())
}
