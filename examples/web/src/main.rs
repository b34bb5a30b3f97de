//! Starts the pages with what the environment says, or without any of it.

mod shutdown;

use std::net::SocketAddr;

use anyhow::Context;
use axum_users::prelude::AuthApp;
use web::{Environment, Site, Web};

use crate::shutdown::stop_signal;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let stop = stop_signal()?;
    let bind = Environment::bind();
    let listener = tokio::net::TcpListener::bind(&bind).await;
    let listener = listener.with_context(|| format!("{bind} can't be had: try BIND=127.0.0.1:8001"))?;
    let address = listener.local_addr()?;
    let environment = Environment::read(address)?;
    let site = Site::start(Web::builder(), environment.config, environment.service).await?;
    let web = site.web().clone();
    eprintln!("listening on http://{address}");
    axum::serve(listener, site.routes().into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stop)
        .await?;
    web.drain().await;
    Ok(())
}
