//! A database server of a test's own, which it may stop, crash and start again.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use axum_users_tests::{Database, Store};

/// A running server of a test's own. It ends with the test, however that ends.
pub(crate) struct OwnServer {
    script: PathBuf,
    folder: PathBuf,
    port: String,
    url: String,
    of: fn(String) -> Database,
    guard: Child,
}

/// How a server goes away.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outage {
    /// In good order, cutting off its clients.
    Stop,
    /// As in a crash.
    Kill,
}

/// Ends the server and clears up once its standard input closes: with the test, even where that is killed.
const GUARD: &str = r#"read -r _; "$0" stop "$1"; rm -rf "$1""#;

impl OwnServer {
    /// One of the kind that the running test's store needs.
    pub(crate) fn start() -> Self {
        let (script, of): (_, fn(String) -> Database) = match Store::current() {
            Store::Postgres => ("postgres.sh", Database::Postgres),
            Store::Mysql => ("mariadb.sh", Database::Mysql),
            store => panic!("{store:?} is no server"),
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers").join(script);
        // The servers' users must reach it, and a socket's path may not be long.
        let folder =
            tempfile::Builder::new().prefix("axum-users.").tempdir_in("/tmp").expect("a folder").keep();
        // In a session of its own: whoever ends the test's processes must leave this one be.
        let guard = Command::new("setsid")
            .args(["bash", "-c", GUARD])
            .args([&script, &folder])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a guard");
        run(&script, &["init", path(&folder)]);
        let url = run(&script, &["start", path(&folder)]);
        let port = std::fs::read_to_string(folder.join("port")).expect("its port").trim().to_owned();
        Self { script, folder, port, url, of, guard }
    }

    /// Its database, as tests see it.
    pub(crate) fn database(&self) -> Database {
        (self.of)(self.url.clone())
    }

    /// Has it go away.
    pub(crate) async fn go(&self, outage: Outage) {
        let verb = match outage {
            Outage::Stop => "stop",
            Outage::Kill => "kill",
        };
        self.run(&[verb, path(&self.folder)]).await;
    }

    /// Has it come back, at the same place.
    pub(crate) async fn come_back(&self) {
        self.run(&["start", path(&self.folder), &self.port]).await;
    }

    async fn run(&self, arguments: &[&str]) {
        let (script, arguments) = (self.script.clone(), arguments.iter().map(ToString::to_string));
        let arguments = arguments.collect::<Vec<_>>();
        let ran = tokio::task::spawn_blocking(move || {
            run(&script, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
        });
        ran.await.expect("the script runs");
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        drop(self.guard.wait());
    }
}

fn path(folder: &Path) -> &str {
    folder.to_str().expect("text")
}

/// What the script prints, which must succeed.
fn run(script: &Path, arguments: &[&str]) -> String {
    let output =
        Command::new(script).args(arguments).stdin(Stdio::null()).output().expect("the script starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {arguments:?}: {said}", script.display());
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
