//! Where all who are compared keep their users: one database, and a Redis.

use anyhow::Context;
use tempfile::TempDir;

/// A database of the benchmark's own, and the Redis beside it.
pub(crate) struct Place {
    /// Its name, for the report.
    pub(crate) title: &'static str,
    /// Its address, as camelot takes it.
    pub(crate) database: String,
    /// Where Redis is, if there is one.
    pub(crate) redis: Option<String>,
    _folder: Option<TempDir>,
}

impl Place {
    /// The PostgreSQL that `TEST_POSTGRES_URL` names, which is taken for empty.
    pub(crate) fn postgres() -> anyhow::Result<Self> {
        let database = std::env::var("TEST_POSTGRES_URL").context("TEST_POSTGRES_URL: bench/run sets it")?;
        Ok(Self { title: "PostgreSQL", database, redis: redis(), _folder: None })
    }

    /// The PostgreSQL at an address, and no Redis.
    pub(crate) fn postgres_at(database: String) -> Self {
        Self { title: "PostgreSQL", database, redis: None, _folder: None }
    }

    /// A new file.
    pub(crate) fn sqlite() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let database = format!("sqlite://{}", folder.path().join("bench.db").display());
        Ok(Self { title: "SQLite", database, redis: redis(), _folder: Some(folder) })
    }
}

fn redis() -> Option<String> {
    std::env::var("TEST_REDIS_URL").ok()
}
