//! A router with what each of its routes is. It knows no documents: it only carries what one is made of.

use axum::Router;
use axum::handler::Handler;
use axum::http::{HeaderValue, header};
use axum::routing::on;
use tower_http::set_header::SetResponseHeaderLayer;

use super::access::Access;
use super::endpoint::Endpoint;
use crate::error::Rejection;

/// A router with what each of its routes is.
pub(crate) struct Routing<S> {
    router: Router<S>,
    #[cfg(feature = "openapi")]
    routes: Vec<Route>,
}

/// A route that is mounted.
#[cfg(feature = "openapi")]
pub(crate) struct Route {
    pub(crate) path: String,
    pub(crate) endpoint: Endpoint,
    pub(crate) access: Access,
}

impl<S: Clone + Send + Sync + 'static> Routing<S> {
    pub(crate) fn new() -> Self {
        Self {
            router: Router::new(),
            #[cfg(feature = "openapi")]
            routes: Vec::new(),
        }
    }

    /// One more route.
    pub(super) fn route<H, T>(mut self, path: &str, endpoint: Endpoint, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        #[cfg(feature = "openapi")]
        self.routes.push(Route { path: path.to_owned(), endpoint, access: Access::default() });
        self.router = self.router.route(path, on(endpoint.method(), handler));
        self
    }

    /// The same routes, whose answers are kept by no cache, for requests that `access` lets in.
    #[cfg_attr(
        not(feature = "openapi"),
        expect(unused_variables, reason = "the handlers know it by the state")
    )]
    pub(super) fn finish<S2>(self, access: Access, state: S) -> Routing<S2> {
        let router = self.router.method_not_allowed_fallback(method_not_allowed).layer(
            SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        );
        Routing {
            router: router.with_state(state),
            #[cfg(feature = "openapi")]
            routes: self.routes.into_iter().map(|route| Route { access, ..route }).collect(),
        }
    }

    /// These routes and those of `other`.
    pub(super) fn merge(self, other: Self) -> Self {
        Self {
            router: self.router.merge(other.router),
            #[cfg(feature = "openapi")]
            routes: self.routes.into_iter().chain(other.routes).collect(),
        }
    }

    /// These routes, and those of `other` behind `place`.
    pub(super) fn nest(self, place: &str, other: Self) -> Self {
        #[cfg(feature = "openapi")]
        let nested =
            other.routes.into_iter().map(|route| Route { path: format!("{place}{}", route.path), ..route });
        Self {
            router: self.router.nest(place, other.router),
            #[cfg(feature = "openapi")]
            routes: self.routes.into_iter().chain(nested).collect(),
        }
    }

    /// The router alone.
    pub(super) fn into_router(self) -> Router<S> {
        self.router
    }

    /// The router, and what a document of it is made of.
    #[cfg(feature = "openapi")]
    pub(crate) fn into_parts(self) -> (Router<S>, Vec<Route>) {
        (self.router, self.routes)
    }
}

async fn method_not_allowed() -> Rejection {
    Rejection::MethodNotAllowed
}
