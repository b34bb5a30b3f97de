//! The places that users may lie in, and which of them a test runs on.

use std::cell::Cell;
use std::io::Write;

/// A place that users may lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// A file of SQLite's.
    Sqlite,
    /// A schema of its own in the PostgreSQL that `TEST_POSTGRES_URL` names.
    Postgres,
    /// A database of its own in the MySQL or MariaDB that `TEST_MYSQL_URL` names.
    Mysql,
    /// [`Memory`](crate::Memory), a store that this crate brings.
    Memory,
}

tokio::task_local! {
    /// Where the running test's users lie.
    static CURRENT: Cell<Store>;
}

impl Store {
    /// Where the users of the running test lie: in SQLite, unless it is one of `#[on_each_store]`.
    #[must_use]
    pub fn current() -> Self {
        CURRENT.try_with(Cell::get).unwrap_or(Self::Sqlite)
    }

    /// The variable that names the server which this store needs.
    fn variable(self) -> Option<&'static str> {
        match self {
            Self::Sqlite | Self::Memory => None,
            Self::Postgres => Some("TEST_POSTGRES_URL"),
            Self::Mysql => Some("TEST_MYSQL_URL"),
        }
    }

    /// The address of the server that this store needs.
    #[must_use]
    pub fn url(self) -> Option<String> {
        std::env::var(self.variable()?).ok().filter(|url| !url.is_empty())
    }

    /// Runs a test on this store; where its server is not there, says so, aloud.
    ///
    /// # Panics
    ///
    /// When the test does.
    pub fn run(self, test: impl Future<Output = ()>) {
        if let Some(variable) = self.variable()
            && self.url().is_none()
        {
            left_out(variable);
            return;
        }
        show_traces();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(CURRENT.scope(Cell::new(self), test));
    }
}

/// Shows what the app logs at the level that `TEST_LOG` names, and above.
fn show_traces() {
    let Ok(level) = std::env::var("TEST_LOG") else { return };
    let level: tracing::Level = level.parse().expect("TEST_LOG is a level: warn, say");
    let subscriber = tracing_subscriber::fmt().with_max_level(level).with_test_writer().finish();
    // Of several tests in one process, the first has seen to it.
    drop(tracing::subscriber::set_global_default(subscriber));
}

/// Says that a test skips something because `variable` is not set: on standard error, and in the file that
/// `TEST_LEFT_OUT` names, from which `tests/run` lists what was skipped.
///
/// # Panics
///
/// If `REQUIRE_ALL=1` forbids skipping.
pub fn left_out(variable: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let said = format!("{test}: {variable} is not set; ./tests/run sets it");
    assert!(!all_is_required(), "REQUIRE_ALL=1 forbids skipping: {said}");
    // Past the test harness, which captures what `eprintln!` writes.
    drop(std::io::stderr().write_all(format!("!!! LEFT OUT: {said} !!!\n").as_bytes()));
    if let Some(path) = std::env::var_os("TEST_LEFT_OUT") {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        // In one call, so that the lines of tests that run at once do not mix.
        let written = file.and_then(|mut file| file.write_all(format!("{said}\n").as_bytes()));
        written.expect("the file that TEST_LEFT_OUT names");
    }
}

/// Whether `REQUIRE_ALL=1` makes a missing server a failure. Continuous integration sets it.
fn all_is_required() -> bool {
    std::env::var_os("REQUIRE_ALL").is_some_and(|value| value == "1")
}
