//! The settings of an app that decide how its routes respond.

use crate::backend::BackendName;
use crate::limit::Limits;
use crate::manager::Policy;
use crate::transport::SecurityScheme;

/// The settings of an app that decide how its routes respond.
pub(crate) struct AppSettings {
    pub(crate) policy: Policy,
    pub(crate) limits: Limits,
    pub(crate) backends: Vec<BackendSettings>,
    /// The OAuth clients that a function of the request provides, so that a request may have none.
    pub(crate) clients_by_request: Vec<&'static str>,
}

/// A backend of an app.
pub(crate) struct BackendSettings {
    pub(crate) name: BackendName,
    /// How clients send its token.
    pub(crate) scheme: SecurityScheme,
    /// Whether browsers send its token by themselves.
    pub(crate) is_sent_by_browsers: bool,
    /// Whether its tokens carry claims.
    pub(crate) has_claims: bool,
}

impl AppSettings {
    /// Returns how clients send the token of a backend.
    pub(crate) fn scheme(&self, backend: BackendName) -> Option<SecurityScheme> {
        self.backends.iter().find(|known| known.name == backend).map(|known| known.scheme)
    }

    /// Whether browsers send the token of any backend by themselves, so that other sites can make them send it.
    pub(crate) fn has_cookies(&self) -> bool {
        self.backends.iter().any(|backend| backend.is_sent_by_browsers)
    }
}
