//! The notes API without users: the header `X-Owner` names the owner.

mod notes;

use anyhow::Context;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::get;
use axum::{Json, Router};
use tokio::net::TcpListener;
use utoipa::OpenApi;
use uuid::Uuid;

/// The owner of the notes.
struct Owner {
    id: Uuid,
}

impl<S: Sync> FromRequestParts<S> for Owner {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let header = parts.headers.get("x-owner").and_then(|header| header.to_str().ok());
        let id = header.and_then(|header| header.parse().ok()).ok_or(StatusCode::UNAUTHORIZED)?;
        Ok(Self { id })
    }
}

#[derive(OpenApi)]
#[openapi(paths(notes::list, notes::create, notes::read, notes::update, notes::delete))]
struct Document;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let url = std::env::var("DATABASE_URL").context("DATABASE_URL")?;
    let document = Document::openapi();
    let app = Router::new()
        .route("/notes", get(notes::list).post(notes::create))
        .route("/notes/{id}", get(notes::read).put(notes::update).delete(notes::delete))
        .route("/openapi.json", get(|| async { Json(document) }))
        .with_state(notes::open(&url).await?);
    let listener = TcpListener::bind(std::env::var("BIND").context("BIND")?).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}
