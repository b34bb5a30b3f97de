//! A router with its routes as constants: axum's, and beside it what a document of it is made of.

use axum::Router;
use axum::handler::Handler;
use axum::http::{HeaderValue, header};
use axum::routing::on;
use tower_http::set_header::SetResponseHeaderLayer;

use super::route::{MountedRoute, Place, Route};
use crate::error::Rejection;

/// A router with its routes as constants.
pub(crate) struct Routing<S> {
    router: Router<S>,
    routes: Vec<MountedRoute>,
}

impl<S: Clone + Send + Sync + 'static> Routing<S> {
    pub(crate) fn new() -> Self {
        Self { router: Router::new(), routes: Vec::new() }
    }

    /// Adds a route with its handler.
    pub(super) fn route<H, T>(mut self, route: Route, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.routes.push(MountedRoute::new(route));
        Self { router: self.router.route(route.path, on(route.method.filter(), handler)), ..self }
    }

    /// The same routes, whose responses no cache keeps, as the router that is mounted at `place`.
    pub(super) fn finish<S2>(self, place: Place, state: S) -> Routing<S2> {
        let router = self.router.method_not_allowed_fallback(method_not_allowed).layer(
            SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        );
        let routes = self.routes.into_iter().map(|route| route.at(place));
        Routing { router: router.with_state(state), routes: routes.collect() }
    }

    /// These routes and those of `other`.
    pub(super) fn merge(mut self, other: Self) -> Self {
        self.routes.extend(other.routes);
        Self { router: self.router.merge(other.router), ..self }
    }

    /// These routes, and those of `other` behind `prefix`.
    pub(super) fn nest(mut self, prefix: &str, other: Self) -> Self {
        self.routes.extend(other.routes.into_iter().map(|route| route.behind(prefix)));
        Self { router: self.router.nest(prefix, other.router), ..self }
    }

    /// The router alone.
    pub(super) fn into_router(self) -> Router<S> {
        self.into_parts().0
    }

    /// The router, and its routes for a document.
    pub(crate) fn into_parts(self) -> (Router<S>, Vec<MountedRoute>) {
        (self.router, self.routes)
    }
}

async fn method_not_allowed() -> Rejection {
    Rejection::MethodNotAllowed
}
