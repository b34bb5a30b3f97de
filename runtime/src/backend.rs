//! A backend: a transport and a strategy under a name. An app has a list of them.

use std::fmt;

use crate::settings::{Settings, StartError};
use crate::store::Store;
use crate::strategy::{DynStrategy, Strategy};
use crate::transport::Transport;
use crate::user::AuthUser;

/// The name of a backend. `auth_app!` makes a constant of each: `Camelot::JWT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BackendName(&'static str);

impl BackendName {
    /// The backend called `name` in `auth_app!`.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name, as it stands in `auth_app!`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for BackendName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A transport and a strategy under a name.
pub struct Backend<U, S> {
    pub(crate) name: BackendName,
    pub(crate) transport: Box<dyn Transport>,
    pub(crate) strategy: Box<dyn DynStrategy<U, S>>,
}

impl<U, S> fmt::Debug for Backend<U, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<U: AuthUser, S: Store<U>> Backend<U, S> {
    pub(crate) fn new(name: BackendName, transport: impl Transport, strategy: impl Strategy<U, S>) -> Self {
        Self { name, transport: Box::new(transport), strategy: Box::new(strategy) }
    }

    pub(crate) fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        self.transport.prepare(settings)?;
        self.strategy.prepare(settings)
    }
}

/// Which backends a request may sign in with. A layer or a middleware puts it into the request's extensions.
///
/// ```
/// use axum::Extension;
/// use axum_users::backend::{BackendName, EnabledBackends};
///
/// const JWT: BackendName = BackendName::new("jwt");
/// let routes = axum::Router::<()>::new().layer(Extension(EnabledBackends::only([JWT])));
/// ```
#[derive(Clone, Debug)]
pub struct EnabledBackends(Vec<BackendName>);

impl EnabledBackends {
    /// These and no others.
    pub fn only(names: impl IntoIterator<Item = BackendName>) -> Self {
        Self(names.into_iter().collect())
    }

    /// Whether `name` is among them.
    #[must_use]
    pub fn contains(&self, name: BackendName) -> bool {
        self.0.contains(&name)
    }
}
