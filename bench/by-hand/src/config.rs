//! The settings, from the environment.

use std::env;

use anyhow::Context;

pub(crate) struct Environment {
    pub(crate) bind: String,
    pub(crate) database: String,
    pub(crate) secret: String,
    /// Where Redis is, if there is one.
    #[cfg(feature = "redis")]
    pub(crate) redis: Option<String>,
}

impl Environment {
    pub(crate) fn read() -> anyhow::Result<Self> {
        Ok(Self {
            bind: env::var("BIND").unwrap_or_else(|_| "127.0.0.1:8000".to_owned()),
            database: env::var("DATABASE_URL").context("DATABASE_URL")?,
            secret: env::var("SECRET").context("SECRET")?,
            #[cfg(feature = "redis")]
            redis: env::var("REDIS_URL").ok().filter(|url| !url.is_empty()),
        })
    }
}
