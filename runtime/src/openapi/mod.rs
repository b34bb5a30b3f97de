//! A document of the routes in OpenAPI 3.1. It is made while they are mounted: what is mounted through an [`ApiRouter`]
//! stands in it, where it is mounted, and nothing else does.
//!
//! ```
//! use axum_users::openapi::{ApiRouter, Info, get};
//! use axum_users::prelude::*;
//! # #[derive(Clone, Debug, AuthUser)]
//! # pub struct User {
//! #     pub id: Uuid,
//! #     pub email: String,
//! #     pub hashed_password: HashedPassword,
//! #     pub is_active: bool,
//! #     pub is_superuser: bool,
//! #     pub is_verified: bool,
//! # }
//! # #[cfg(feature = "sqlite")]
//! # auth_app! {
//! #     pub struct Camelot {
//! #         user: User,
//! #         database: Sqlite,
//! #         backends: { jwt: Bearer + Jwt },
//! #     }
//! # }
//!
//! # #[cfg(feature = "sqlite")]
//! fn app(camelot: Camelot) -> axum::Router {
//!     ApiRouter::new()
//!         .route("/authenticated", get(authenticated).summary("Says hello"))
//!         .merge(camelot.api_routes())
//!         .with_docs(Info::new("Camelot", "1.0.0")) // at /openapi.json, and a page at /docs (feature `swagger-ui`)
//!         .with_state(camelot)
//! }
//!
//! # #[cfg(feature = "sqlite")]
//! async fn authenticated(user: CurrentUser<Camelot>) -> String {
//!     format!("Hello {}!", user.email)
//! }
//! # fn main() {}
//! ```
//!
//! What an extractor of this crate proves stands in its handler's operation by itself: the security schemes of the
//! app's backends, and its 401, 403 and 503.

mod docs;
mod document;
mod documented_route;
mod extractors;
mod facts;
mod media_type;
mod method_router;
mod mounted;
#[cfg(feature = "swagger-ui")]
mod page;
mod refusals;
mod router;
mod routes;
#[doc(hidden)]
pub mod schema;
mod types;
mod user_schemas;

pub use self::docs::docs;
pub use self::extractors::Extractors;
pub use self::method_router::{ApiMethodRouter, delete, get, patch, post, put};
pub use self::router::ApiRouter;
pub use self::routes::ApiRoutes;
pub use utoipa;
pub use utoipa::openapi::{Info, OpenApi};
