//! Everything at once, set up from the environment.

mod config;
mod greetings;
mod knights;
mod shutdown;

use anyhow::Context;
use axum_users::app::{BackendName, ProviderName};
use axum_users::limit::RedisCounters;
use axum_users::openapi::{ApiRouter, Info};
use axum_users::prelude::*;
use axum_users::router::not_found;

use crate::config::Environment;
use crate::shutdown::stop_signal;

/// A user with the six fields that every user has.
#[derive(Clone, Debug, AuthUser)]
pub struct User {
    /// The primary key.
    pub id: Uuid,
    /// The address.
    pub email: String,
    /// The hash of the password.
    pub hashed_password: HashedPassword,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// Whether the user may manage the others.
    pub is_superuser: bool,
    /// Whether the user has proven to own the address.
    pub is_verified: bool,
}

auth_app! {
    /// Who may enter Camelot, and how.
    pub struct Camelot {
        user: User,
        database: AnyDatabase,
        backends: {
            jwt: Bearer + Jwt { lifetime: HOUR },
            cookie: Cookie + Jwt { lifetime: HOUR },
            db: Bearer + DatabaseSession { lifetime: HOUR },
        },
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let stop = stop_signal()?;
    let environment = Environment::read()?;
    let listener = tokio::net::TcpListener::bind(&environment.bind).await;
    let listener = listener.with_context(|| format!("{} can't be had: set BIND", environment.bind))?;
    let address = format!("http://{}", listener.local_addr()?);
    let mut setup = Camelot::builder()
        .hooks(environment.hooks)
        .compat(environment.compat)
        .policy(environment.policy)
        .limits(environment.limits)
        .trusted_proxies(environment.proxies);
    if let Some(url) = environment.redis {
        let connection = RedisOptions::default().connect(url).await.context("REDIS_URL")?;
        let tokens = RedisSession::default().lifetime(HOUR).with_connection(connection.clone());
        setup =
            setup.backend(BackendName::new("redis"), Bearer, tokens).counters(RedisCounters::new(connection));
    }
    if let Some(provider) = environment.provider {
        let base_url = environment.base_url.as_ref().unwrap_or(&address);
        let oidc = Oidc::new(provider.issuer).account_linking(AccountLinking::VerifiedEmail);
        let (name, oidc) = (ProviderName::new("oidc"), oidc.with_credentials(provider.keys));
        let config = OAuthConfig::new(base_url, provider.secret);
        setup = setup.oauth(config).oauth_provider(name, oidc, [Camelot::JWT]);
    }
    let camelot = setup.start(environment.config).await?;
    let app = ApiRouter::new()
        .merge(greetings::routes())
        .merge(camelot.api_routes())
        .with_docs(Info::new("Camelot", env!("CARGO_PKG_VERSION")))
        .fallback(not_found)
        .with_state(camelot.clone());
    eprintln!("listening on {address}");
    axum::serve(listener, app.into_make_service_with_connect_info::<std::net::SocketAddr>())
        .with_graceful_shutdown(stop)
        .await?;
    camelot.drain().await;
    Ok(())
}
