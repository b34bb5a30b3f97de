//! A route that is mounted in an app.

use super::documentation::Documentation;
use super::place::Place;
use super::settings::AppSettings;
use super::{Method, Route};

/// A route that is mounted in an app.
pub(crate) struct MountedRoute {
    route: Route,
    place: Place,
    /// The path within the routers that it is nested in.
    pub(crate) path: String,
}

impl MountedRoute {
    pub(crate) fn new(route: Route) -> Self {
        Self { route, place: Place::default(), path: route.path.to_owned() }
    }

    /// The same route, of a router that is mounted at `place`.
    pub(crate) fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// The same route, with its router behind `prefix`.
    pub(crate) fn behind(self, prefix: &str) -> Self {
        Self { path: format!("{prefix}{}", self.path), ..self }
    }

    pub(crate) fn method(&self) -> Method {
        self.route.method
    }

    pub(crate) fn tag(&self) -> &'static str {
        self.route.tag
    }

    pub(crate) fn id(&self) -> String {
        self.place.fill(self.route.id)
    }

    pub(crate) fn summary(&self) -> String {
        self.place.fill(self.route.summary)
    }

    /// Returns the rest of its documentation in an app with these settings.
    pub(crate) fn documentation<'a>(&self, app: &'a AppSettings) -> Documentation<'a> {
        let mut documentation = Documentation::new(app, self.place);
        (self.route.documentation)(&mut documentation);
        documentation
    }
}
