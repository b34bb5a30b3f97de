//! Random tokens that lie in the app's own store, beside their users.

use std::time::Duration;

use super::{Context, Session, Strategy, StrategyError, stored};
use crate::event::Reason;
use crate::settings::{Settings, StartError};
use crate::store::{AccessToken, Store, TokenRecord, Transaction};
use crate::token::{JwtError, random_token};
use crate::user::AuthUser;
use crate::work::Work;

/// A random token, whose SHA-256 lies in the store; the token itself under `compat`.
#[derive(Clone, Copy, Debug)]
pub struct Database {
    /// How long a token lives.
    pub lifetime: Duration,
}

impl Database {
    const DEFAULT: Self = Self { lifetime: Duration::from_secs(3600) };
}

impl Default for Database {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// `Database` with its defaults, as a value.
#[expect(non_upper_case_globals, reason = "it reads like the struct that it is")]
#[doc(hidden)]
pub const Database: Database = Database::DEFAULT;

impl<U: AuthUser, S: Store<U>> Strategy<U, S> for Database {
    fn prepare(&mut self, settings: &Settings) -> Result<(), StartError> {
        settings.check_lifetime(self.lifetime)
    }

    async fn read(&self, token: &str, context: &Context<'_, S>) -> Result<Option<Session<U>>, StrategyError> {
        let settings = context.settings;
        let key = stored(token, settings.compat);
        let Some((user, stored)) = context.store.user_by_access_token(&key).await? else { return Ok(None) };
        let now = settings.now();
        let (created_at, is_alive, is_current) = match &stored {
            AccessToken::Own { created_at, expires_at, fingerprint } => {
                let is_current = settings.fingerprints.match_hash(fingerprint, user.hashed_password());
                (*created_at, *expires_at > now, is_current)
            }
            // Without a fingerprint it would outlive the password in the own layout.
            AccessToken::FastApiUsers { created_at } => {
                let is_current = settings.compat.rules().accepts_foreign_tokens;
                (*created_at, *created_at > now.before(self.lifetime), is_current)
            }
        };
        match (is_alive, is_current) {
            (true, true) => {
                let record = TokenRecord::Stored(key);
                return Ok(Some(Session { user, issued_at: Some(created_at), record }));
            }
            (true, false) => context.refuse(Reason::Outdated),
            (false, _) => context.refuse(Reason::Expired),
        }
        Ok(None)
    }

    async fn write(&self, user: &U, context: &Context<'_, S>) -> Result<String, StrategyError> {
        let settings = context.settings;
        let token = random_token().map_err(|error| JwtError::Sign(error.into()))?;
        let row = if settings.compat.rules().token_rows_expire {
            AccessToken::Own {
                created_at: settings.now(),
                expires_at: settings.now().after(self.lifetime),
                fingerprint: settings.fingerprints.of(user.hashed_password()),
            }
        } else {
            AccessToken::FastApiUsers { created_at: settings.now() }
        };
        let mut work = Work::begin(context.store, None).await?;
        let key = stored(&token, settings.compat);
        if !work.insert_access_token(&key, user.id(), &row, user.hashed_password()).await? {
            return Err(StrategyError::UserChanged);
        }
        work.commit().await?;
        Ok(token)
    }

    async fn destroy(&self, token: &str, user: &U, context: &Context<'_, S>) -> Result<(), StrategyError> {
        let mut work = context.begin_revocation(user).await?;
        work.delete_access_token(&stored(token, context.settings.compat)).await?;
        Ok(work.commit().await?)
    }
}
