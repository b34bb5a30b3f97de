//! Handlers of an app's own, by their methods, and what can be said of each.

use std::fmt;

use axum::handler::Handler;
use axum::http::StatusCode;
use axum::routing::{MethodFilter, MethodRouter};
use utoipa::ToSchema;
use utoipa::openapi::HttpMethod;
use utoipa::openapi::path::Operation;

use super::Extractors;
use super::documented_route::DocumentedRoute;
use super::media_type::JSON;
use super::refusals::is_refusal;
use crate::error::Rejection;

/// Handlers by their methods, each with what stands of it in the document: axum's `MethodRouter`, documented.
///
/// What is said of a handler is said right behind it: `get(list).summary("Lists all").post(add).summary("Adds one")`.
#[must_use]
#[derive(Clone)]
pub struct ApiMethodRouter<S = ()> {
    methods: MethodRouter<S>,
    /// The handlers before the last one.
    before: Vec<DocumentedRoute>,
    last: DocumentedRoute,
}

macro_rules! methods {
    ($($name:ident: $method:ident, $filter:ident;)*) => {
        $(
            #[doc = concat!("A `", stringify!($filter), "` handler, as axum's function of the same name takes it.")]
            pub fn $name<H, T, S>(handler: H) -> ApiMethodRouter<S>
            where
                H: Handler<T, S>,
                T: Extractors + 'static,
                S: Clone + Send + Sync + 'static,
            {
                ApiMethodRouter {
                    methods: MethodRouter::new().on(MethodFilter::$filter, handler),
                    before: Vec::new(),
                    last: documented::<H, T>(HttpMethod::$method),
                }
            }
        )*

        impl<S: Clone + Send + Sync + 'static> ApiMethodRouter<S> {
            $(
                #[doc = concat!("One more handler, of `", stringify!($filter), "`.")]
                pub fn $name<H, T>(mut self, handler: H) -> Self
                where
                    H: Handler<T, S>,
                    T: Extractors + 'static,
                {
                    let next = documented::<H, T>(HttpMethod::$method);
                    self.before.push(std::mem::replace(&mut self.last, next));
                    Self { methods: self.methods.on(MethodFilter::$filter, handler), ..self }
                }
            )*
        }
    };
}

methods! {
    get: Get, GET;
    post: Post, POST;
    put: Put, PUT;
    patch: Patch, PATCH;
    delete: Delete, DELETE;
}

/// What a handler says of itself: its name and its extractors.
fn documented<H, T: Extractors>(method: HttpMethod) -> DocumentedRoute {
    let mut route = DocumentedRoute::new(method);
    route.operation.operation_id = name(std::any::type_name::<H>());
    route.extractors = T::types();
    route
}

/// The last part of a function's path. A closure has none.
fn name(path: &str) -> Option<String> {
    let path = path.split('<').next().unwrap_or_default();
    let name = path.rsplit("::").next().unwrap_or_default();
    (!name.is_empty() && !name.contains('{')).then(|| name.to_owned())
}

impl<S: Clone + Send + Sync + 'static> ApiMethodRouter<S> {
    /// What the last handler does, in a few words.
    pub fn summary(mut self, summary: &str) -> Self {
        self.last.operation.summary = Some(summary.to_owned());
        self
    }

    /// Under which heading it stands.
    pub fn tag(mut self, tag: &str) -> Self {
        self.last.operation.tags.get_or_insert_default().push(tag.to_owned());
        self
    }

    /// It answers with this status and JSON.
    pub fn json<T: ToSchema>(mut self, status: StatusCode) -> Self {
        let schema = self.last.schema::<T>();
        self.last.answer(status, SUCCESS, Some(schema));
        self
    }

    /// It answers with this status and a list in JSON.
    pub fn json_list<T: ToSchema>(mut self, status: StatusCode) -> Self {
        let schema = self.last.list::<T>();
        self.last.answer(status, SUCCESS, Some(schema));
        self
    }

    /// It takes JSON.
    pub fn takes<T: ToSchema>(mut self) -> Self {
        let schema = self.last.schema::<T>();
        self.last.take(&[JSON], &schema);
        self
    }

    /// It may refuse like this.
    #[expect(clippy::needless_pass_by_value, reason = "it is written where it is passed")]
    pub fn refuses(mut self, rejection: Rejection) -> Self {
        self.last.refuse(&rejection);
        self
    }

    /// An extractor of the app's own takes an `E` of this crate's from the request.
    pub fn requires<E: 'static>(mut self) -> Self {
        self.last.extractors.push(std::any::TypeId::of::<E>());
        self
    }

    /// What `#[utoipa::path]` says of it: `with_utoipa_path::<__path_list>()` for a function `list`. It comes first, for it
    /// replaces what was said before.
    pub fn with_utoipa_path<P: utoipa::Path>(mut self) -> Self {
        self.last.operation = P::operation();
        self
    }

    /// Whatever else there is to say.
    pub fn operation(mut self, change: impl FnOnce(&mut Operation)) -> Self {
        change(&mut self.last.operation);
        self
    }

    /// The same handlers, with what `change` makes of axum's method router: layers, say.
    pub fn map(self, change: impl FnOnce(MethodRouter<S>) -> MethodRouter<S>) -> Self {
        Self { methods: change(self.methods), ..self }
    }

    pub(super) fn into_parts(self) -> (MethodRouter<S>, Vec<DocumentedRoute>) {
        let Self { methods, mut before, last } = self;
        before.push(last);
        before.iter_mut().for_each(succeed);
        (methods, before)
    }
}

/// What an answer is called of which nothing is said.
const SUCCESS: &str = "Done";

/// A handler succeeds with 200 where nothing else is said.
fn succeed(route: &mut DocumentedRoute) {
    if route.operation.responses.responses.iter().all(is_refusal) {
        route.answer(StatusCode::OK, SUCCESS, None);
    }
}

impl<S> fmt::Debug for ApiMethodRouter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiMethodRouter").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_handler_is_called_like_its_function() {
        for (path, expected) in [
            ("camelot::greetings::authenticated", Some("authenticated")),
            ("camelot::list<camelot::Knight>", Some("list")),
            ("list", Some("list")),
            ("camelot::main::{{closure}}", None),
        ] {
            assert_eq!(name(path).as_deref(), expected, "{path}");
        }
    }
}
