//! The settings, from the environment. None of them must be there.

use std::env;
use std::net::SocketAddr;

use anyhow::bail;
use axum_users::prelude::*;

use crate::{Service, WebConfig};

/// What the environment says, or else what does for a try on one's own machine.
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Environment {
    /// Where the users are, and what signs their tokens.
    pub config: WebConfig,
    /// Who else may sign them in.
    pub service: Option<Service>,
}

impl Environment {
    /// Where the pages are served.
    #[must_use]
    pub fn bind() -> String {
        or("BIND", "127.0.0.1:8000")
    }

    /// The rest, for pages that are served at `address`.
    ///
    /// # Errors
    ///
    /// When something is said by halves.
    pub fn read(address: SocketAddr) -> anyhow::Result<Self> {
        let secret = given("SECRET").unwrap_or_else(|| {
            tracing::info!("SECRET is not set: everybody is signed out when this process ends");
            format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
        });
        let service = match ["OAUTH_ISSUER", "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET"].map(given) {
            [None, None, None] => None,
            [Some(issuer), Some(id), Some(client_secret)] => {
                let base_url = base_url().unwrap_or_else(|| format!("http://{address}"));
                let config = OAuthConfig::new(base_url, secret.as_str());
                Some(Service::new(issuer, OAuthCredentials::new(id, client_secret), config))
            }
            _ => bail!("OAUTH_ISSUER, OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET go together"),
        };
        let config = WebConfig {
            database: or("DATABASE_URL", "sqlite://web.db").into(),
            secret: secret.as_str().into(),
            reset_password_token_secret: secret.as_str().into(),
            verification_token_secret: secret.into(),
        };
        Ok(Self { config, service })
    }
}

/// Whether browsers reach the pages over TLS. On one's own machine they need not, and Safari keeps no `Secure` cookie then.
pub(crate) fn is_over_tls() -> bool {
    base_url().is_some_and(|url| url.starts_with("https://"))
}

/// Where browsers find the pages, where that is another address than the one they are served at.
fn base_url() -> Option<String> {
    given("BASE_URL")
}

fn or(name: &str, default: &str) -> String {
    given(name).unwrap_or_else(|| default.to_owned())
}

fn given(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
