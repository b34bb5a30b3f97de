//! The settings, from the environment.

use std::env;

use anyhow::{Context, bail};
use axum_users::client::TrustedProxies;
use axum_users::prelude::{Limits, OAuthCredentials, Policy};
use axum_users::secret::Secrets;
use axum_users::store::Compat;

use crate::CamelotConfig;
use crate::knights::Knights;

/// What the environment says, or else what does for a try on one's own machine.
pub(crate) struct Environment {
    pub(crate) bind: String,
    /// Where browsers find the app, if that is not the address that it binds.
    pub(crate) base_url: Option<String>,
    pub(crate) compat: Compat,
    pub(crate) policy: Policy,
    pub(crate) hooks: Knights,
    /// How often things may be tried.
    pub(crate) limits: Limits,
    /// The proxies that stand before the app.
    pub(crate) proxies: TrustedProxies,
    /// Where Redis is, if there is one.
    pub(crate) redis: Option<String>,
    /// Where users may have an account to sign in with, if there is such a place.
    pub(crate) provider: Option<Provider>,
    pub(crate) config: CamelotConfig,
}

/// An OpenID provider.
pub(crate) struct Provider {
    pub(crate) issuer: String,
    /// What it knows this app by.
    pub(crate) keys: OAuthCredentials,
    /// Signs and seals what goes there and comes back.
    pub(crate) secret: Secrets,
}

impl Environment {
    pub(crate) fn read() -> anyhow::Result<Self> {
        let compat = match env::var("COMPAT").as_deref() {
            Ok("fastapi-users") => Compat::FastApiUsers,
            Ok("") | Err(_) => Compat::None,
            Ok(other) => bail!("COMPAT is `fastapi-users` or nothing, not `{other}`"),
        };
        let policy = match env::var("POLICY").as_deref() {
            Ok("strict") => Policy::strict(),
            Ok("default") => Policy::default(),
            Ok("") | Err(_) => Policy::fastapi_users(),
            Ok(other) => bail!("expected `strict`, `default` or nothing in POLICY, found `{other}`"),
        };
        let hooks = Knights { checks_passwords: given("POLICY").is_none() };
        let limits = match env::var("LIMITS").as_deref() {
            Ok("off") => Limits::OFF,
            Ok("") | Err(_) => Limits::default(),
            Ok(other) => bail!("LIMITS is `off` or nothing, not `{other}`"),
        };
        let secret = env::var("SECRET").context("SECRET must be set: `openssl rand -base64 32` makes one")?;
        Ok(Self {
            bind: or("BIND", "127.0.0.1:8000"),
            base_url: given("BASE_URL"),
            compat,
            policy,
            hooks,
            limits,
            proxies: or("TRUSTED_PROXIES", "").parse().context("TRUSTED_PROXIES")?,
            redis: given("REDIS_URL"),
            provider: given("OAUTH_ISSUER").map(|issuer| Provider::read(issuer, &secret)).transpose()?,
            config: CamelotConfig {
                database: or("DATABASE_URL", "sqlite://camelot.db").into(),
                secret: secret.as_str().into(),
                reset_password_token_secret: secret.as_str().into(),
                verification_token_secret: secret.into(),
            },
        })
    }
}

impl Provider {
    fn read(issuer: String, secret: &str) -> anyhow::Result<Self> {
        let key = |name| given(name).with_context(|| format!("OAUTH_ISSUER is set, so {name} must be, too"));
        let keys = OAuthCredentials::new(key("OAUTH_CLIENT_ID")?, key("OAUTH_CLIENT_SECRET")?);
        Ok(Self { issuer, keys, secret: secret.into() })
    }
}

fn or(name: &str, default: &str) -> String {
    given(name).unwrap_or_else(|| default.to_owned())
}

fn given(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
