//! The facts of an app that its document needs: its settings, its schemas, and the proofs of its extractors.

use std::any::TypeId;

use utoipa::ToSchema;

use super::user_schemas::UserSchemas;
use crate::error::Rejection;
use crate::extract::{CurrentSession, CurrentUser, StatelessClaims, Superuser, VerifiedUser};
use crate::manager::AuthApp;
use crate::router::route::settings::{AppSettings, BackendSettings};
use crate::user::AuthUser;

/// What is asked of a request, and so what may be wrong with it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Proof {
    /// Whether a request without a user is refused.
    pub(super) is_required: bool,
    /// Whether a user may be the wrong one.
    pub(super) may_forbid: bool,
    /// Whether the store is asked, which may be away.
    pub(super) asks_store: bool,
    /// Whether a write that another site made a browser send is refused.
    pub(super) refuses_others: bool,
    /// Whether a token must say something by itself.
    pub(super) reads_claims: bool,
}

impl Proof {
    /// An active user.
    pub(super) const USER: Self = Self {
        is_required: true,
        may_forbid: false,
        asks_store: true,
        refuses_others: true,
        reads_claims: false,
    };
    /// A user who is verified, or a superuser.
    pub(super) const SOME_USERS: Self = Self { may_forbid: true, ..Self::USER };
    /// A user, if there is one.
    const OPTIONAL: Self = Self { is_required: false, ..Self::USER };
    /// A user, or why there is none: whatever it is, the handler goes on.
    const TRIED: Self = Self { asks_store: false, refuses_others: false, ..Self::OPTIONAL };
    /// A token that proves itself.
    const CLAIMS: Self = Self { asks_store: false, reads_claims: true, ..Self::USER };
}

/// The facts of an app that its document needs.
pub(super) struct Facts {
    /// The app's type, which tells it from others.
    pub(super) app: TypeId,
    pub(super) settings: AppSettings,
    /// What the app's own extractors prove.
    pub(super) extractors: Vec<(TypeId, Proof)>,
    pub(super) schemas: UserSchemas,
}

impl Facts {
    pub(super) fn of<A>(app: &A) -> Self
    where
        A: AuthApp,
        A::User: AuthUser<Read: ToSchema, Create: ToSchema, Update: ToSchema>,
    {
        Self {
            app: TypeId::of::<A>(),
            settings: settings(app),
            extractors: extractors::<A>(),
            schemas: UserSchemas::of::<A>(&app.core().policy),
        }
    }
}

fn settings<A: AuthApp>(app: &A) -> AppSettings {
    let core = app.core();
    let backends = core.backends.iter().map(|backend| BackendSettings {
        name: backend.name,
        scheme: backend.transport.security_scheme(),
        is_sent_by_browsers: backend.transport.is_sent_by_browsers(),
        has_claims: backend.strategy.has_claims(),
    });
    AppSettings {
        policy: core.policy.clone(),
        limits: core.limiter.limits().clone(),
        backends: backends.collect(),
        clients_by_request: clients_by_request(app),
    }
}

#[cfg(feature = "oauth")]
fn clients_by_request<A: AuthApp>(app: &A) -> Vec<&'static str> {
    let clients = app.core().oauth.iter().flat_map(|oauth| &oauth.clients);
    clients.filter(|client| client.may_be_missing()).map(|client| client.name.as_str()).collect()
}

#[cfg(not(feature = "oauth"))]
fn clients_by_request<A: AuthApp>(_: &A) -> Vec<&'static str> {
    Vec::new()
}

/// Every extractor of the app `A` that proves something, also as what may fail.
fn extractors<A: AuthApp>() -> Vec<(TypeId, Proof)> {
    [
        of::<CurrentUser<A>>(Proof::USER),
        of::<CurrentSession<A>>(Proof::USER),
        of::<VerifiedUser<A>>(Proof::SOME_USERS),
        of::<Superuser<A>>(Proof::SOME_USERS),
        of::<StatelessClaims<A>>(Proof::CLAIMS),
    ]
    .concat()
}

fn of<E: 'static>(proof: Proof) -> [(TypeId, Proof); 3] {
    [
        (TypeId::of::<E>(), proof),
        (TypeId::of::<Option<E>>(), Proof::OPTIONAL),
        (TypeId::of::<Result<E, Rejection>>(), Proof::TRIED),
    ]
}
