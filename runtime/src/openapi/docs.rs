//! The document over HTTP, and a page that reads it. Both come from the binary; neither asks for anything elsewhere.

use std::sync::Arc;

use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::OpenApi;

/// `GET /openapi.json`, and with the feature `swagger-ui` a page at `/docs` that reads it.
pub fn docs<S: Clone + Send + Sync + 'static>(document: OpenApi) -> Router<S> {
    let document = Arc::new(document);
    let router = Router::new().route(
        "/openapi.json",
        get(move || {
            let document = Arc::clone(&document);
            async move { Json(&*document).into_response() }
        }),
    );
    #[cfg(feature = "swagger-ui")]
    let router = router.merge(super::page::page());
    router
}
