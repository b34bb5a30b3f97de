//! A router that carries what stands of it in the document, through all that is done with it.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use utoipa::ToSchema;
use utoipa::openapi::path::PathItem;
use utoipa::openapi::{Components, HttpMethod, Info, OpenApi};

use super::documented_route::DocumentedRoute;
use super::facts::Facts;
use super::method_router::ApiMethodRouter;
use super::{docs, document, mounted};
use crate::manager::AuthApp;
use crate::router::Routing;
use crate::user::AuthUser;

/// A router that documents itself: axum's, with what stands of its routes in the document beside it.
///
/// Routes come into it from [`get`](super::get) and its like, from [`ApiRoutes`](super::ApiRoutes), and from other such
/// routers. Schemas go by the names of their types: of two of one name, the first stands in the document.
#[must_use]
#[derive(Clone)]
pub struct ApiRouter<S = ()> {
    router: Router<S>,
    routes: Vec<DocumentedRoute>,
    apps: Vec<Arc<Facts>>,
    components: Components,
}

impl<S: Clone + Send + Sync + 'static> ApiRouter<S> {
    /// A router without routes.
    pub fn new() -> Self {
        Self { router: Router::new(), routes: Vec::new(), apps: Vec::new(), components: Components::new() }
    }

    /// A router without routes that knows what the extractors of `app` prove. One that has some of its routes knows it, too.
    pub fn knowing<A>(app: &A) -> Self
    where
        A: AuthApp,
        A::User: AuthUser<Read: ToSchema, Create: ToSchema, Update: ToSchema>,
    {
        Self { apps: vec![Arc::new(Facts::of(app))], ..Self::new() }
    }

    /// Routes of `app`.
    pub(super) fn of<A>(app: &A, routing: Routing<S>) -> Self
    where
        A: AuthApp,
        A::User: AuthUser<Read: ToSchema, Create: ToSchema, Update: ToSchema>,
    {
        let facts = Facts::of(app);
        let (router, routes) = routing.into_parts();
        let routes = routes.into_iter().map(|route| mounted::document(&facts, route)).collect();
        let mut components = Components::new();
        components.schemas.extend(facts.schemas.nested.iter().cloned());
        Self { router, routes, apps: vec![Arc::new(facts)], components }
    }

    /// One more route.
    ///
    /// # Panics
    ///
    /// Where axum's router does.
    #[track_caller]
    pub fn route(mut self, path: &str, method_router: ApiMethodRouter<S>) -> Self {
        let (methods, routes) = method_router.into_parts();
        self.routes
            .extend(routes.into_iter().map(|route| DocumentedRoute { path: path.to_owned(), ..route }));
        Self { router: self.router.route(path, methods), ..self }
    }

    /// The routes of `other` behind `place`.
    ///
    /// # Panics
    ///
    /// Where axum's router does.
    #[track_caller]
    pub fn nest(mut self, place: &str, other: Self) -> Self {
        let nested = other.routes.into_iter().map(|route| {
            let path = nested(place, &route.path);
            DocumentedRoute { path, ..route }
        });
        self.routes.extend(nested);
        self.know(other.apps, other.components);
        Self { router: self.router.nest(place, other.router), ..self }
    }

    /// The routes of both.
    ///
    /// # Panics
    ///
    /// Where axum's router does.
    #[track_caller]
    pub fn merge(mut self, other: Self) -> Self {
        self.routes.extend(other.routes);
        self.know(other.apps, other.components);
        Self { router: self.router.merge(other.router), ..self }
    }

    /// The routes of `router`, of which nothing stands in the document.
    ///
    /// # Panics
    ///
    /// Where axum's router does.
    #[track_caller]
    pub fn merge_hidden(self, router: Router<S>) -> Self {
        Self { router: self.router.merge(router), ..self }
    }

    /// The same routes, with what `change` makes of axum's router: layers, say.
    pub fn map(self, change: impl FnOnce(Router<S>) -> Router<S>) -> Self {
        Self { router: change(self.router), ..self }
    }

    /// The same routes with their state.
    pub fn with_state<S2>(self, state: S) -> ApiRouter<S2> {
        let Self { router, routes, apps, components } = self;
        ApiRouter { router: router.with_state(state), routes, apps, components }
    }

    /// The router and the document.
    pub fn into_parts(self, info: Info) -> (Router<S>, OpenApi) {
        let document = document::assemble(info, self.routes, &self.apps, self.components);
        (self.router, document)
    }

    /// The router with its document at `/openapi.json`, and a page that reads it at `/docs` (feature `swagger-ui`).
    pub fn with_docs(self, info: Info) -> Router<S> {
        let (router, document) = self.into_parts(info);
        router.merge(docs(document))
    }

    fn know(&mut self, apps: Vec<Arc<Facts>>, components: Components) {
        for app in apps {
            if self.apps.iter().all(|known| known.app != app.app) {
                self.apps.push(app);
            }
        }
        merge_components(&mut self.components, components);
    }
}

/// What stands there first stays.
fn merge_components(into: &mut Components, from: Components) {
    for (name, schema) in from.schemas {
        into.schemas.entry(name).or_insert(schema);
    }
    for (name, response) in from.responses {
        into.responses.entry(name).or_insert(response);
    }
    for (name, scheme) in from.security_schemes {
        into.security_schemes.entry(name).or_insert(scheme);
    }
}

/// The path of a route behind `place`, as axum joins them.
fn nested(place: &str, path: &str) -> String {
    match (place.strip_suffix('/'), path) {
        (Some(place), path) => format!("{place}{path}"),
        (None, "/") => place.to_owned(),
        (None, path) => format!("{place}{path}"),
    }
}

impl<S: Clone + Send + Sync + 'static> Default for ApiRouter<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> fmt::Debug for ApiRouter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths = self.routes.iter().map(|route| &*route.path).collect::<Vec<_>>();
        f.debug_struct("ApiRouter").field("paths", &paths).finish_non_exhaustive()
    }
}

/// A router with a document that was made elsewhere: what utoipa-axum's `split_for_parts` gives, say.
impl<S: Clone + Send + Sync + 'static> From<(Router<S>, OpenApi)> for ApiRouter<S> {
    fn from((router, document): (Router<S>, OpenApi)) -> Self {
        let items = document.paths.paths.into_iter();
        let routes = items.flat_map(|(path, item)| {
            operations(item).map(move |route| DocumentedRoute { path: path.clone(), ..route })
        });
        let components = document.components.unwrap_or_default();
        Self { router, routes: routes.collect(), apps: Vec::new(), components }
    }
}

fn operations(item: PathItem) -> impl Iterator<Item = DocumentedRoute> {
    [
        (HttpMethod::Get, item.get),
        (HttpMethod::Put, item.put),
        (HttpMethod::Post, item.post),
        (HttpMethod::Delete, item.delete),
        (HttpMethod::Options, item.options),
        (HttpMethod::Head, item.head),
        (HttpMethod::Patch, item.patch),
        (HttpMethod::Trace, item.trace),
    ]
    .into_iter()
    .filter_map(|(method, operation)| {
        Some(DocumentedRoute { operation: operation?, ..DocumentedRoute::new(method) })
    })
}
