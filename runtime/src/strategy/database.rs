//! Random tokens whose sessions are in the app's own store, beside their users.

use std::time::Duration;

use super::random::{is_token_of, new_token, stored};
use super::{Authentication, Context, Grant, Issued, Revoke, Session, Strategy, StrategyError, Work};
use crate::event::Reason;
use crate::setters::settings;
use crate::settings::{Settings, StartError};
use crate::store::{
    NewSession, SessionId, SessionKey, SessionWrites as _, Store, StoredSession, TokenRecord,
};
use crate::user::AuthUser;

settings! {
    /// A random token, whose SHA-256 is in the store; the token itself under `compat`.
    #[derive(Clone, Copy, Debug)]
    pub struct DatabaseSession {
        /// How long a token lives.
        pub lifetime: Duration = Duration::from_secs(3600),
    }
}

impl DatabaseSession {
    /// Returns the session of a row, unless it has ended.
    fn session<U: AuthUser, S>(
        &self,
        user: U,
        token: String,
        row: StoredSession,
        context: &Context<'_, S>,
    ) -> Authentication<U> {
        let (settings, now) = (context.settings, context.settings.now());
        // A store of an app's own may keep more than FastAPI Users' table does.
        let rules = settings.compat.rules();
        let Some(own) = row.own.filter(|_| rules.session_rows_expire) else {
            // Without a fingerprint it would outlive the password in the own layout.
            return if row.created_at <= now.before(self.lifetime) {
                Authentication::Rejected(Reason::Expired)
            } else if rules.accepts_foreign_tokens {
                let record = TokenRecord::of_session(SessionKey::Token(token));
                Authentication::Authenticated(Session::issued_at(user, row.created_at, record))
            } else {
                Authentication::Rejected(Reason::Outdated)
            };
        };
        if own.expires_at <= now {
            return Authentication::Rejected(Reason::Expired);
        }
        if !settings.fingerprints.match_hash(&own.fingerprint, user.hashed_password()) {
            return Authentication::Rejected(Reason::Outdated);
        }
        let record = TokenRecord::of_session(SessionKey::Id(own.id));
        Authentication::Authenticated(Session {
            id: Some(own.id),
            authenticated_at: Some(own.authenticated_at),
            ..Session::issued_at(user, row.created_at, record)
        })
    }
}

impl<S: Store> Strategy<S> for DatabaseSession {
    fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        settings.check_lifetime(self.lifetime)
    }

    async fn authenticate(
        &self,
        token: &str,
        context: &Context<'_, S>,
    ) -> Result<Authentication<S::User>, StrategyError> {
        let compat = context.settings.compat;
        if !is_token_of(context.backend, token, compat) {
            return Ok(Authentication::NotMine);
        }
        let key = stored(token, compat);
        Ok(match context.store.session_by_token(&key).await? {
            Some((user, row)) => self.session(user, key, row, context),
            None => Authentication::NotMine,
        })
    }

    async fn issue(
        &self,
        grant: &Grant<'_, S::User>,
        context: &Context<'_, S>,
        work: &mut Work<'_, S>,
    ) -> Result<Issued, StrategyError> {
        let settings = context.settings;
        let (user, now) = (grant.user, settings.now());
        let token = new_token(context.backend, settings.compat)?;
        let session = NewSession {
            id: SessionId::generate(),
            token: stored(&token, settings.compat),
            user_id: user.id(),
            backend: context.backend.as_str(),
            fingerprint: settings.fingerprints.of(user.hashed_password()),
            created_at: now,
            expires_at: now.after(self.lifetime),
            authenticated_at: grant.authenticated_at,
        };
        if !work.only().await?.insert_session(&session, user.hashed_password()).await? {
            return Err(StrategyError::UserChanged);
        }
        Ok(Issued::new(token).expiring_at(session.expires_at).with_session(session.id))
    }

    async fn revoke(
        &self,
        which: Revoke<'_, S::User>,
        _: &Context<'_, S>,
        work: &mut Work<'_, S>,
    ) -> Result<(), StrategyError> {
        match which {
            Revoke::Token { user, record, .. } => {
                if let Some(key) = &record.session {
                    work.only().await?.delete_session(user.id(), key).await?;
                }
                Ok(())
            }
            // They are in the app's own store.
            Revoke::AllOf { .. } => Ok(()),
        }
    }
}
