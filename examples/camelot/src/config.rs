//! The settings, from the environment.

use std::env;

use anyhow::{Context, bail};
use axum_users::store::Layout;

use crate::CamelotConfig;

/// What the environment says, or else what does for a try on one's own machine.
pub(crate) struct Environment {
    pub(crate) bind: String,
    pub(crate) layout: Layout,
    /// Where Redis is, if there is one.
    pub(crate) redis: Option<String>,
    pub(crate) config: CamelotConfig,
}

impl Environment {
    pub(crate) fn read() -> anyhow::Result<Self> {
        let layout = match env::var("COMPAT").as_deref() {
            Ok("fastapi-users") => Layout::FastApiUsers,
            Ok("") | Err(_) => Layout::Own,
            Ok(other) => bail!("COMPAT is `fastapi-users` or nothing, not `{other}`"),
        };
        let secret = env::var("SECRET").context("SECRET must be set: `openssl rand -base64 32` makes one")?;
        Ok(Self {
            bind: or("BIND", "127.0.0.1:8000"),
            layout,
            redis: given("REDIS_URL"),
            config: CamelotConfig {
                database: or("DATABASE_URL", "sqlite://camelot.db"),
                secret: secret.as_str().into(),
                reset_password_token_secret: secret.as_str().into(),
                verification_token_secret: secret.into(),
            },
        })
    }
}

fn or(name: &str, default: &str) -> String {
    given(name).unwrap_or_else(|| default.to_owned())
}

fn given(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
