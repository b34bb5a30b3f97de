//! The context of a strategy: store, settings and request, with the queries that issue and revoke tokens.

use std::sync::OnceLock;

use super::error::StrategyError;
use crate::actor::{RequestInfo, RequestView};
use crate::clock::Timestamp;
use crate::compat::Compat;
use crate::event::Reason;
use crate::settings::Settings;
use crate::store::{Store, Transaction};
use crate::token::{Generation, digest};
use crate::user::AuthUser;
use crate::work::Work;

/// The context in which a strategy issues, reads and revokes tokens.
#[expect(missing_debug_implementations, reason = "it holds secrets")]
pub struct Context<'a, S> {
    /// The store of users and tokens.
    pub store: &'a S,
    /// The settings of the app.
    pub settings: &'a Settings,
    request: RequestView<'a>,
    /// Why a token is not taken, as the first strategy says that knows it.
    pub(crate) refusal: OnceLock<Reason>,
}

impl<'a, S> Context<'a, S> {
    pub(crate) fn new(store: &'a S, settings: &'a Settings, request: impl Into<RequestView<'a>>) -> Self {
        Self { store, settings, request: request.into(), refusal: OnceLock::new() }
    }
}

impl<S> Context<'_, S> {
    /// Returns the request; empty for the app's own code.
    #[must_use]
    pub fn request(&self) -> &RequestInfo {
        self.request.get()
    }

    /// Says for the log why a token is no longer good. A strategy says nothing of one that is none of its own: it may be
    /// another backend's.
    pub fn refuse(&self, reason: Reason) {
        let _ = self.refusal.set(reason);
    }
}

impl<S> Context<'_, S> {
    /// Returns the generation in which a token for `user` is issued.
    ///
    /// One query reads it together with the user's row, which must still be active and have the password that was
    /// checked. So a token that carries it is revoked by everything that happens after that query.
    ///
    /// # Errors
    ///
    /// [`StrategyError::UserChanged`], or any underlying error.
    pub async fn generation_for<U: AuthUser>(&self, user: &U) -> Result<Generation, StrategyError>
    where
        S: Store<U>,
    {
        let Some((current, generation)) = self.store.user_and_generation(user.id()).await? else {
            return Err(StrategyError::UserChanged);
        };
        let fingerprints = &self.settings.fingerprints;
        let is_same =
            fingerprints.match_hash(&fingerprints.of(user.hashed_password()), current.hashed_password());
        if is_same && current.is_active() { Ok(generation) } else { Err(StrategyError::UserChanged) }
    }

    /// Begins the transaction in which a token of `user` is revoked. The user's row is locked, so that a write in the
    /// name of that token is either done before or sees that it is revoked.
    pub(super) async fn begin_revocation<U: AuthUser>(&self, user: &U) -> Result<Work<U, S>, StrategyError>
    where
        S: Store<U>,
    {
        let mut work = Work::begin(self.store, None).await?;
        work.lock_users(&[user.id()]).await?;
        Ok(work)
    }

    /// Revokes the token with this digest. `expires_at` is how long that must be kept.
    pub(super) async fn revoke<U: AuthUser>(
        &self,
        user: &U,
        digest: &str,
        expires_at: Timestamp,
    ) -> Result<(), StrategyError>
    where
        S: Store<U>,
    {
        let mut work = self.begin_revocation(user).await?;
        work.end_token(digest, self.settings.now(), expires_at).await?;
        Ok(work.commit().await?)
    }
}

/// How a random token is named where it is stored.
pub(super) fn stored(token: &str, compat: Compat) -> String {
    if compat.rules().stores_digests { digest(token) } else { token.to_owned() }
}
