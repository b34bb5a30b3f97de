//! Swagger UI, from the binary: a page that reads the document, signs in, and sends requests.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_swagger_ui::{Config, serve};

use crate::error::Rejection;

/// The page asks nobody but this app for anything. Swagger UI writes styles into its elements.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// The page at `/docs`, which reads the document beside it.
pub(super) fn page<S: Clone + Send + Sync + 'static>() -> Router<S> {
    // The addresses are relative, so that all of it may be nested. Without `none` the page would show what a validator
    // elsewhere says of the document.
    let config = Config::from("../openapi.json").validator_url("none").use_base_layout();
    let config = Arc::new(config);
    let index = Arc::clone(&config);
    let header =
        |name: HeaderName, value| SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value));
    Router::new()
        .route("/docs", get(|| async { Redirect::to("docs/") }))
        .route("/docs/", get(move || async move { file("index.html", index) }))
        .route("/docs/{*file}", get(move |Path(path): Path<String>| async move { file(&path, config) }))
        .layer(header(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
}

/// A file of Swagger UI's.
fn file(path: &str, config: Arc<Config<'static>>) -> Result<Response, Rejection> {
    match serve(path, config) {
        Ok(Some(file)) => Ok(([(header::CONTENT_TYPE, file.content_type)], file.bytes).into_response()),
        Ok(None) => Err(Rejection::NotFound),
        Err(error) => {
            tracing::error!(error = &*error, "a file of Swagger UI's can't be made");
            Err(Rejection::Internal)
        }
    }
}
