//! Random tokens that lie in the app's own store, beside their users.

use std::time::Duration;

use super::{Context, Strategy, StrategyError};
use crate::layout::Layout;
use crate::settings::{Settings, StartError};
use crate::store::{AccessToken, Store, Transaction};
use crate::token::{JwtError, digest, random_token};
use crate::user::AuthUser;

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

fn stored(token: &str, layout: Layout) -> String {
    match layout {
        Layout::Own => digest(token),
        Layout::FastApiUsers => token.to_owned(),
    }
}

impl<U: AuthUser, S: Store<U>> Strategy<U, S> for Database {
    fn prepare(&mut self, _: &Settings) -> Result<(), StartError> {
        if self.lifetime.is_zero() { Err(StartError::NoLifetime) } else { Ok(()) }
    }

    async fn read(&self, token: &str, context: &Context<'_, S>) -> Result<Option<U>, StrategyError> {
        let settings = context.settings;
        let Some((user, stored)) =
            context.store.user_by_access_token(&stored(token, settings.layout)).await?
        else {
            return Ok(None);
        };
        let is_live = stored.created_at > settings.now().before(self.lifetime);
        let is_current = stored
            .fingerprint
            .is_none_or(|fingerprint| settings.fingerprints.match_hash(&fingerprint, user.hashed_password()));
        Ok((is_live && is_current).then_some(user))
    }

    async fn write(&self, user: &U, context: &Context<'_, S>) -> Result<String, StrategyError> {
        let settings = context.settings;
        let token = random_token().map_err(|error| JwtError::Sign(error.into()))?;
        let fingerprint =
            (settings.layout == Layout::Own).then(|| settings.fingerprints.of(user.hashed_password()));
        let row = AccessToken { created_at: settings.now(), fingerprint };
        let mut transaction = context.store.begin().await?;
        let key = stored(&token, settings.layout);
        if !transaction.insert_access_token(&key, user.id(), &row, user.hashed_password()).await? {
            return Err(StrategyError::UserChanged);
        }
        transaction.commit().await?;
        Ok(token)
    }

    async fn destroy(&self, token: &str, _: &U, context: &Context<'_, S>) -> Result<(), StrategyError> {
        let mut transaction = context.store.begin().await?;
        transaction.delete_access_token(&stored(token, context.settings.layout)).await?;
        Ok(transaction.commit().await?)
    }

    fn key(&self, token: &str, context: &Context<'_, S>) -> Option<String> {
        Some(stored(token, context.settings.layout))
    }
}
