//! Where a route is mounted.

use crate::backend::BackendName;
use crate::router::access::Access;

/// Where a route is mounted: for whom, at which backend, for which OAuth client.
#[derive(Clone, Copy, Default)]
pub(crate) struct Place {
    pub(crate) access: Access,
    pub(crate) backend: Option<BackendName>,
    pub(crate) client: Option<&'static str>,
}

impl Place {
    /// A router that admits these users.
    pub(crate) fn of(access: Access) -> Self {
        Self { access, ..Self::default() }
    }

    /// The same, at a backend.
    pub(crate) fn at(self, backend: BackendName) -> Self {
        Self { backend: Some(backend), ..self }
    }

    /// The same, for an OAuth client.
    pub(crate) fn with_client(self, client: &'static str) -> Self {
        Self { client: Some(client), ..self }
    }

    /// Replaces `{backend}` and `{client}` by the names of this place.
    pub(super) fn fill(&self, template: &str) -> String {
        let backend = self.backend.map_or("", BackendName::as_str);
        template.replace("{backend}", backend).replace("{client}", self.client.unwrap_or_default())
    }
}
