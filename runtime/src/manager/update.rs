//! Changes of a user, by itself or by a superuser.

use std::time::Duration;

use axum::http::Request;
use axum::http::request::Parts;

use super::{AuthApp, Authenticated, Manager, ManagerError, StoreOf, log};
use crate::hooks::{PasswordOwner, RequestInfo};
use crate::store::{Store, Transaction};
use crate::user::{AuthUser, Expected, UpdateSchema, UserChanges};

/// Who changes a user.
#[expect(missing_debug_implementations, reason = "a session holds a token")]
pub enum Actor<'a, U> {
    /// The user, in this session, which outlives a change of the password where its strategy can tell it apart.
    Itself(&'a Authenticated<U>),
    /// A superuser, or code of the app's own.
    Superuser,
}

/// How long it is remembered that a user's tokens were ended: longer than any of them lives.
const REMEMBERED: Duration = Duration::from_secs(10 * 366 * 24 * 3600);

impl<A: AuthApp> Manager<A> {
    /// Changes `user` as `update` says and `actor` may.
    ///
    /// # Errors
    ///
    /// [`ManagerError::InvalidPassword`], [`ManagerError::EmailTaken`], [`ManagerError::BadCurrentPassword`],
    /// [`ManagerError::NoSuchUser`] where it has been deleted meanwhile or its session ended, or what fails beneath.
    pub async fn update(
        &self,
        user: &A::User,
        update: <A::User as AuthUser>::Update,
        actor: Actor<'_, A::User>,
        request: &Parts,
    ) -> Result<A::User, ManagerError> {
        let core = self.core();
        let info = RequestInfo::from(request);
        let (session, update) = match actor {
            Actor::Itself(session) => (Some(session), update.restrict()),
            Actor::Superuser => (None, update),
        };
        let new_email = update.email().filter(|email| email.as_str() != user.email());
        let is_sensitive = session.is_some() && (new_email.is_some() || update.password().is_some());
        if is_sensitive && core.policy.asks_current_password {
            let is_owner = match update.current_password() {
                Some(password) => self.owns(user, password).await?,
                None => false,
            };
            if !is_owner {
                return Err(ManagerError::BadCurrentPassword);
            }
        }
        let hashed_password = match update.password() {
            Some(password) => {
                self.check_password(password, PasswordOwner::Existing(user)).await?;
                Some(core.pool.hash(password).await?)
            }
            None => None,
        };
        let waits_for_proof = session.is_some() && core.policy.confirms_new_email;
        let changed_email = new_email.filter(|_| !waits_for_proof);
        let mut flags = update.flags();
        if changed_email.is_some() {
            flags.is_verified = Some(false);
        }
        let changes = UserChanges {
            email: changed_email,
            hashed_password: hashed_password.as_ref(),
            flags,
            own: Some(&update),
            // A session that a change of the password has just ended takes the user over no more.
            expected: Expected {
                hashed_password: is_sensitive.then(|| user.hashed_password()),
                ..Expected::default()
            },
        };
        let mut transaction = core.store.begin().await?;
        let Some(updated) = transaction.update_user(user.id(), &changes).await? else {
            return Err(ManagerError::NoSuchUser);
        };
        let ends_sessions = hashed_password.is_some() || flags.is_active == Some(false);
        if ends_sessions {
            let kept = session.and_then(|session| self.key(session, request));
            self.end_sessions(&mut transaction, user, &updated, kept.as_deref()).await?;
        }
        core.transaction_hooks
            .on_update(&updated, transaction.connection()?)
            .await
            .map_err(ManagerError::Hook)?;
        transaction.commit().await?;
        tracing::info!(user = %updated.id(), password = hashed_password.is_some(), email = changed_email.is_some(), "updated");
        if ends_sessions {
            self.end_sessions_elsewhere(&updated, session, request).await?;
        }
        if let Some(email) = new_email.filter(|_| waits_for_proof) {
            self.request_email_change(&updated, email.clone(), &info);
        }
        log("on_after_update", core.hooks.on_after_update(&updated, &update, &info).await);
        Ok(updated)
    }

    /// Ends a user's sessions in the app's own store, within the transaction that gives the reason for it.
    pub(super) async fn end_sessions(
        &self,
        transaction: &mut <StoreOf<A> as Store<A::User>>::Transaction,
        before: &A::User,
        after: &A::User,
        kept: Option<&str>,
    ) -> Result<(), ManagerError> {
        let settings = &self.core().settings;
        let kept = kept.filter(|_| after.is_active());
        transaction.delete_access_tokens_of(after.id(), kept).await?;
        if kept.is_some() {
            let (from, to) = (
                settings.fingerprints.of(before.hashed_password()),
                settings.fingerprints.of(after.hashed_password()),
            );
            transaction.restamp_access_tokens_of(after.id(), &from, &to).await?;
        }
        if !after.is_active() {
            // The password stays, and with it the fingerprint: signed tokens are ended by their time.
            let now = settings.now();
            transaction.end_tokens_of(after.id(), now, now.after(REMEMBERED)).await?;
        }
        Ok(())
    }
}

/// The head of no request, for what the app's own code does.
#[must_use]
pub fn no_request() -> Parts {
    Request::new(()).into_parts().0
}
