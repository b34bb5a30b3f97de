//! What these tests share: the example as a process, on a database of its own.

use std::process::Command;

use axum_users_tests::{Client, Process};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const SECRET: &str = "excalibur-excalibur-excalibur-excalibur";

/// The running example.
pub(crate) struct Camelot {
    pub(crate) process: Process,
    _folder: TempDir,
}

impl Camelot {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_camelot"));
        command
            .env_remove("COMPAT")
            .env_remove("REDIS_URL")
            .env("BIND", "127.0.0.1:0")
            .env("SECRET", SECRET)
            .env("DATABASE_URL", format!("sqlite://{}", folder.path().join("camelot.db").display()));
        Self { process: Process::start(&mut command), _folder: folder }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.process.client
    }

    pub(crate) async fn document(&self) -> Value {
        let answer = self.client().get("/openapi.json").await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
        answer.json
    }
}
