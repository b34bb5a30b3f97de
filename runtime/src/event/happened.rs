//! What happened in a unit of work, kept until that is committed.

use std::fmt::Debug;

use super::{Event, EventKind, Method};

/// An event of a unit of work.
pub(crate) struct Happened<Id> {
    kind: EventKind,
    user: Id,
    by: Option<Id>,
    method: Option<Method>,
    backend: Option<&'static str>,
    oauth_name: Option<String>,
}

impl<Id: Debug + Sync> Happened<Id> {
    /// What happened, and to which user.
    pub(crate) fn new(kind: EventKind, user: Id) -> Self {
        Self { kind, user, by: None, method: None, backend: None, oauth_name: None }
    }

    /// The user who did it. `None` for code of the app's own, and for a token alone.
    pub(crate) fn by(self, by: Option<Id>) -> Self {
        Self { by, ..self }
    }

    /// How the user proved who it is.
    pub(crate) fn with(self, method: Option<Method>) -> Self {
        Self { method, ..self }
    }

    /// The name of the backend.
    pub(crate) fn at(self, backend: &'static str) -> Self {
        Self { backend: Some(backend), ..self }
    }

    /// The OAuth provider, by its name in the account's row.
    pub(crate) fn oauth_name(self, name: &str) -> Self {
        Self { oauth_name: Some(name.to_owned()), ..self }
    }

    pub(crate) fn event(&self) -> Event<'_> {
        let Self { kind, user, by, method, backend, oauth_name } = self;
        let event = Event::from(*kind).to(user);
        let event = by.as_ref().map_or(event, |by| event.by(by));
        let event = backend.map_or(event, |backend| event.at(backend));
        #[cfg(feature = "oauth")]
        let event = oauth_name.as_deref().map_or(event, |name| event.oauth_name(name));
        #[cfg(not(feature = "oauth"))]
        let _ = oauth_name;
        method.map_or(event, |method| event.with(method))
    }
}
