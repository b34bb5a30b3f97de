//! The routes of Axum Users as one writes them by hand on axum, Diesel, jsonwebtoken and argon2: a router for each way to
//! sign in, and nothing between it and the database. How far Axum Users is from it is what it costs.

mod backend;
mod config;
mod error;
mod login;
mod password;
#[cfg(feature = "postgres")]
mod postgres;
mod register;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(all(test, feature = "sqlite"))]
mod tests;
mod token;
mod user;

use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use tokio::net::TcpListener;

use crate::backend::{cookie, db, jwt};
use crate::config::Environment;
use crate::user::Database;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let environment = Environment::read()?;
    #[cfg(feature = "sqlite")]
    if let Some(path) = environment.database.strip_prefix("sqlite://") {
        return serve(sqlite::Sqlite::open(path)?, &environment).await;
    }
    #[cfg(feature = "postgres")]
    if environment.database.starts_with("postgres") {
        return serve(postgres::Postgres::open(&environment.database)?, &environment).await;
    }
    anyhow::bail!(
        "DATABASE_URL begins with `sqlite://` or `postgresql://`, and this build has to have that feature"
    )
}

async fn serve<D: Database>(database: D, environment: &Environment) -> anyhow::Result<()> {
    let listener = TcpListener::bind(&environment.bind).await.context("BIND")?;
    let app = routes(&database, &environment.secret);
    #[cfg(feature = "redis")]
    let app = match &environment.redis {
        Some(url) => app.nest("/redis", backend::redis::routes(database, url).await.context("REDIS_URL")?),
        None => app,
    };
    eprintln!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

/// All that needs no Redis.
fn routes<D: Database>(database: &D, secret: &str) -> Router {
    let sessions = Arc::new(jwt::Sessions::new(database.clone(), secret));
    Router::new()
        .nest("/jwt", jwt::routes(sessions.clone()))
        .nest("/cookie", cookie::routes(sessions))
        .nest("/db", db::routes(database.clone()))
        .merge(register::routes(database.clone()))
}
