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
        std::env::var(self.variable()?).ok()
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

/// Says on the real standard error, which no test runner keeps to itself, that a test did not run.
pub fn left_out(variable: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let said = format!("!!! LEFT OUT: {test}: {variable} is not set; ./tests/run sets it !!!\n");
    drop(std::io::stderr().write_all(said.as_bytes()));
}
