//! The context of a strategy: store, settings, request and backend.

use crate::actor::{RequestInfo, RequestView};
use crate::session::BackendName;
use crate::settings::Settings;
use crate::store::{Store, StoreError};
use crate::token::Generation;
use crate::user::AuthUser;

/// The context in which a strategy issues, reads and revokes tokens.
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Context<'a, S> {
    /// The store of users and tokens.
    pub store: &'a S,
    /// The settings of the app.
    pub settings: &'a Settings,
    /// The backend whose strategy it is.
    pub backend: BackendName,
    request: RequestView<'a>,
}

impl<S> Clone for Context<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Context<'_, S> {}

impl<'a, S> Context<'a, S> {
    pub(crate) fn new(
        store: &'a S,
        settings: &'a Settings,
        backend: BackendName,
        request: impl Into<RequestView<'a>>,
    ) -> Self {
        Self { store, settings, backend, request: request.into() }
    }

    /// Returns the request; empty for the app's own code.
    #[must_use]
    pub fn request(&self) -> &RequestInfo {
        self.request.get()
    }
}

/// Returns the generation in which a token for `user` is issued, outside of a unit of work: see
/// [`Work::generation_for`](super::Work::generation_for).
pub(crate) async fn generation_for<S: Store>(
    store: &S,
    settings: &Settings,
    user: &S::User,
) -> Result<Option<Generation>, StoreError> {
    Ok(unchanged(store.user_and_generation(user.id()).await?, user, settings))
}

/// Returns the generation, if the user is active and has the same password still.
pub(super) fn unchanged<U: AuthUser>(
    current: Option<(U, Generation)>,
    user: &U,
    settings: &Settings,
) -> Option<Generation> {
    let (current, generation) = current?;
    let fingerprints = &settings.fingerprints;
    let is_same =
        fingerprints.match_hash(&fingerprints.of(user.hashed_password()), current.hashed_password());
    (is_same && current.is_active()).then_some(generation)
}
