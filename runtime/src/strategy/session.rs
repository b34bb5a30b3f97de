//! A strategy's view of a session, and its queries to the store when it issues or revokes a token.

use super::{Context, StrategyError};
use crate::clock::Timestamp;
use crate::store::{Store, TokenRecord, Transaction};
use crate::token::Generation;
use crate::user::AuthUser;
use crate::work::Work;

/// A session, as a strategy reads it from a token.
///
/// A strategy of the app's own that keeps its tokens elsewhere makes one from the user: `Session::from(user)`.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "a record may hold a token")]
#[non_exhaustive]
pub struct Session<U> {
    /// The user, active or not.
    pub user: U,
    /// When the user logged in. `None` if the token doesn't say: then actions that require a recent login are rejected.
    pub issued_at: Option<Timestamp>,
    /// The store's record of the token. Transactions use it to check that the session has not been revoked meanwhile.
    pub record: TokenRecord,
}

impl<U> From<U> for Session<U> {
    fn from(user: U) -> Self {
        Self { user, issued_at: None, record: TokenRecord::Elsewhere }
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
