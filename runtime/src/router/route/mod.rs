//! Routes as constants, and what the OpenAPI document says of them, as plain data.
//!
//! Each route has a file with its constant, its handler and its documentation. Nothing here depends on utoipa: the module
//! `openapi` translates the documentation once the routes are mounted. Without it, nobody reads the documentation.

pub(crate) mod documentation;
mod json;
mod mounted;
mod place;
pub(crate) mod settings;

pub(crate) use self::documentation::Documentation;
pub(crate) use self::json::{Field, JsonType, Object};
pub(crate) use self::mounted::MountedRoute;
pub(crate) use self::place::Place;

use axum::routing::MethodFilter;

/// A route of this crate.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    pub(crate) method: Method,
    /// The path within its router.
    pub(crate) path: &'static str,
    /// The tag that the document groups it by.
    pub(crate) tag: &'static str,
    /// The operation id, which is that of FastAPI Users. `{backend}` and `{client}` are replaced by their names.
    pub(crate) id: &'static str,
    /// A summary in a few words, with the same placeholders.
    pub(crate) summary: &'static str,
    /// Writes the rest of its documentation, which depends on the app.
    pub(crate) documentation: fn(&mut Documentation<'_>),
}

/// The method that a route answers.
#[derive(Clone, Copy)]
pub(crate) enum Method {
    Get,
    Post,
    Patch,
    Delete,
}

impl Method {
    pub(crate) fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Patch => MethodFilter::PATCH,
            Self::Delete => MethodFilter::DELETE,
        }
    }
}
