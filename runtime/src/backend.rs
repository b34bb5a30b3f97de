//! A backend: a transport and a strategy under a name. An app has a list of them.

use std::fmt;

pub use crate::session::BackendName;
use crate::settings::{Settings, StartError};
use crate::store::Store;
use crate::strategy::{DynStrategy, Strategy};
use crate::transport::{IntoTransport, Transport};

/// A transport and a strategy under a name.
pub struct Backend<S: Store> {
    pub(crate) name: BackendName,
    pub(crate) transport: Transport,
    pub(crate) strategy: Box<dyn DynStrategy<S>>,
}

impl<S: Store> fmt::Debug for Backend<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<S: Store> Backend<S> {
    pub(crate) fn new(name: BackendName, transport: impl IntoTransport, strategy: impl Strategy<S>) -> Self {
        Self { name, transport: transport.into_transport(), strategy: Box::new(strategy) }
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
