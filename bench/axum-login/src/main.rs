//! Sign-in with axum-login and tower-sessions, on the users that examples/camelot has made.
//!
//! From the environment come `BIND` and `DATABASE_URL`, as camelot takes them. There is no secret: a session is a random
//! number in a cookie, and lies in a table of tower-sessions'.

#[cfg(feature = "postgres")]
mod postgres;
mod routes;
#[cfg(feature = "sqlite")]
mod sqlite;
mod users;

use std::env;

use anyhow::Context;
use axum_login::AuthManagerLayerBuilder;
use axum_login::tower_sessions::{ExpiredDeletion, Expiry, SessionManagerLayer};
use time::Duration;
use tokio::net::TcpListener;

use crate::users::{Backend, Users};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let url = env::var("DATABASE_URL").context("DATABASE_URL")?;
    #[cfg(feature = "sqlite")]
    if let Some(path) = url.strip_prefix("sqlite://") {
        return serve(sqlite::open(path).await?).await;
    }
    #[cfg(feature = "postgres")]
    if url.starts_with("postgres") {
        return serve(postgres::open(&url).await?).await;
    }
    anyhow::bail!("`{url}` is no database of this build: it begins with `sqlite://` or `postgresql://`")
}

async fn serve<U: Users>(users: U) -> anyhow::Result<()> {
    let store = users.sessions().await?;
    let deletion = store.clone().continuously_delete_expired(std::time::Duration::from_secs(60));
    // It ends with the process, and what it can't delete now it can later.
    tokio::spawn(async move {
        if let Err(error) = deletion.await {
            eprintln!("expired sessions stay: {error}");
        }
    });
    let sessions = SessionManagerLayer::new(store)
        .with_secure(false)
        .with_expiry(Expiry::OnInactivity(Duration::hours(1)));
    let app = routes::routes::<U>().layer(AuthManagerLayerBuilder::new(Backend(users), sessions).build());
    let bind = env::var("BIND").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());
    let listener = TcpListener::bind(bind).await.context("BIND")?;
    eprintln!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}
