//! What these tests share: the example as a process, on a database of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use axum_users_tests::{Client, Process, left_out};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const SECRET: &str = "excalibur-excalibur-excalibur-excalibur";

/// A file or folder of the workspace's tests.
pub(crate) fn tests(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(name)
}

/// What a variable says that `tests/servers/start` sets; `None`, said aloud, where it is not set.
pub(crate) fn variable(name: &str) -> Option<String> {
    let value = std::env::var(name).ok();
    if value.is_none() {
        left_out(name);
    }
    value
}

/// The running example.
pub(crate) struct Camelot {
    pub(crate) process: Process,
    /// Where its database is, and what else a test may put there.
    pub(crate) folder: TempDir,
}

impl Camelot {
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// The same, with these variables.
    pub(crate) fn with(environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_camelot"));
        for name in ["COMPAT", "REDIS_URL", "OAUTH_ISSUER", "BASE_URL"] {
            command.env_remove(name);
        }
        command
            .env("BIND", "127.0.0.1:0")
            .env("SECRET", SECRET)
            .env("LIMITS", "off")
            .env("DATABASE_URL", format!("sqlite://{}", folder.path().join("camelot.db").display()));
        command.envs(environment.iter().copied());
        Self { process: Process::start(&mut command), folder }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.process.client
    }

    /// The file that its users lie in.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("camelot.db")
    }

    pub(crate) async fn document(&self) -> Value {
        let answer = self.client().get("/openapi.json").await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
        answer.json
    }
}
